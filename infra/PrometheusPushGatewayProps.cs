using Amazon.CDK;
using Amazon.CDK.AWS.KMS;
using Amazon.CDK.AWS.Lambda;
using Amazon.CDK.AWS.Logs;
using Amazon.CDK.AWS.SecretsManager;
using Amazon.CDK.AWS.SNS;
using Amazon.CDK.AWS.SQS;
using Amazon.CDK.AWS.SSM;

namespace PushGateway.Infra;

/// <summary>
/// How a <see cref="PrometheusPushGateway"/> is set up. Every property has a default. What cannot work is refused when the app is synthesized,
/// with a sentence that says what to change.
/// </summary>
public sealed record PrometheusPushGatewayProps
{
    /// <summary>The workspace to write to. By default the gateway makes one.</summary>
    public PrometheusWorkspace? Workspace { get; init; }

    /// <summary>How the workspace is set up that the gateway makes; not with <see cref="Workspace"/>. What it does not say is as for the rest of the gateway.</summary>
    public PrometheusWorkspaceProps? NewWorkspace { get; init; }

    /// <summary>Where pushes over HTTP come in.</summary>
    public GatewayEntry Entry { get; init; } = GatewayEntry.FunctionUrl;

    /// <summary>Who may push over HTTP.</summary>
    public GatewayAuth Auth { get; init; } = GatewayAuth.Iam;

    /// <summary>
    /// For <see cref="GatewayAuth.Credentials"/>: a secret whose text has one credential on each line, as <c>hash-credential</c> prints it. This or
    /// <see cref="CredentialsParameter"/>.
    /// </summary>
    public ISecret? CredentialsSecret { get; init; }

    /// <summary>For <see cref="GatewayAuth.Credentials"/>: an SSM parameter with the same text. This or <see cref="CredentialsSecret"/>.</summary>
    public IStringParameter? CredentialsParameter { get; init; }

    /// <summary>The way from Worker to the workspace.</summary>
    public GatewaySink Sink { get; init; } = GatewaySink.Adot;

    /// <summary>Another version of the ADOT layer, or one's own copy, by its ARN with the version at the end.</summary>
    public string? AdotLayerArn { get; init; }

    /// <summary>
    /// Whether the groups are kept in a DynamoDB table, so that series which a replace, a delete or an expiry ends vanish at once. Without,
    /// they stay visible for five minutes, and groups do not expire.
    /// </summary>
    public bool Groups { get; init; } = true;

    /// <summary>The queue to use, with <see cref="DeadLetterQueue"/>. By default the gateway makes both.</summary>
    public IQueue? Queue { get; init; }

    /// <summary>The dead-letter queue that the redrive policy of <see cref="Queue"/> names: Worker sends to it, too.</summary>
    public IQueue? DeadLetterQueue { get; init; }

    /// <summary>
    /// Whether the queue that the gateway makes is a FIFO queue: pushes to a group are then delivered one batch after the other. Whoever sends to it
    /// directly gives each message a <c>MessageGroupId</c> and a <c>MessageDeduplicationId</c>; IoT rules cannot.
    /// </summary>
    public bool FifoQueue { get; init; }

    /// <summary>
    /// Whether direct producers give their messages to the standard queue a <c>MessageGroupId</c>, so that SQS serves them fairly. The queue's age is then
    /// watched for the quiet groups only: who sends too much waits, and nobody is woken up.
    /// </summary>
    public bool FairQueue { get; init; }

    /// <summary>
    /// Largest message in bytes, 1024 to 1,048,576. By default 1 MiB for the queue that the gateway makes, and 256 KiB for <see cref="Queue"/>, of which it has to
    /// be the <c>MaximumMessageSize</c>.
    /// </summary>
    public int? MaxMessageBytes { get; init; }

    /// <summary>How long the queue keeps a message; less than the 14 days of the dead-letter queue. 7 days by default.</summary>
    public Duration? QueueRetention { get; init; }

    /// <summary>How long a message that Worker has received stays hidden: at least six times <see cref="WorkerTimeout"/>, which is the default.</summary>
    public Duration? VisibilityTimeout { get; init; }

    /// <summary>
    /// How often a message is received before SQS moves it to the dead-letter queue, 1 to 1000. By default as often as <see cref="QueueRetention"/> has room for,
    /// so that an outage of the workspace moves nothing there that could still be delivered.
    /// </summary>
    public int? MaxReceiveCount { get; init; }

    /// <summary>Most messages that Worker is given at a time: 1 to 10,000, by default 1000; of a FIFO queue at most 10, which then is the default.</summary>
    public int? BatchSize { get; init; }

    /// <summary>How long messages are gathered for a batch: up to 300 s, by default 5 s; of a FIFO queue they are not.</summary>
    public Duration? BatchWindow { get; init; }

    /// <summary>Most Workers that the queue is drained by at a time: 2 to 1000, by default 10. Not with <see cref="ProvisionedPollers"/>.</summary>
    public int? MaxConcurrency { get; init; }

    /// <summary>Pollers that are kept ready for a queue that fills in bursts. None by default.</summary>
    public ProvisionedPollers? ProvisionedPollers { get; init; }

    /// <summary>How long Api may take for a request: by default 29 s, which an HTTP API just waits for.</summary>
    public Duration? ApiTimeout { get; init; }

    /// <summary>How long Worker may take for a batch: by default 60 s.</summary>
    public Duration? WorkerTimeout { get; init; }

    /// <summary>Memory of Api in MB, 128 to 10,240, and with it its share of a CPU.</summary>
    public int ApiMemory { get; init; } = 512;

    /// <summary>Memory of Worker in MB, 128 to 10,240; the ADOT layer runs in it, too.</summary>
    public int WorkerMemory { get; init; } = 1024;

    /// <summary>Concurrency that is reserved for Api, and the most that it can have. None by default.</summary>
    public int? ApiReservedConcurrency { get; init; }

    /// <summary>
    /// Concurrency that is reserved for Worker, and the most that it can have: above <see cref="MaxConcurrency"/>, or messages wait that were received already. None by default.
    /// </summary>
    public int? WorkerReservedConcurrency { get; init; }

    /// <summary>The functions' architecture.</summary>
    public Architecture Architecture { get; init; } = Architecture.ARM_64;

    /// <summary>Api's code; by default <c>artifacts/api-&lt;arch&gt;.zip</c> in the repository that the app is in.</summary>
    public Code? ApiCode { get; init; }

    /// <summary>Worker's code, with <c>collector.yaml</c> in it; by default <c>artifacts/worker-&lt;arch&gt;.zip</c> in the repository that the app is in.</summary>
    public Code? WorkerCode { get; init; }

    /// <summary>
    /// More environment variables for both functions, such as the limits, by the names in the README's table: <c>PUSHGATEWAY_MAX_LABELS</c>. Those that the
    /// gateway sets itself are refused.
    /// </summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The functions' and the HTTP API's logs are kept for that long.</summary>
    public RetentionDays LogRetention { get; init; } = RetentionDays.ONE_MONTH;

    /// <summary>Whether AWS X-Ray traces the functions.</summary>
    public bool Tracing { get; init; } = true;

    /// <summary>
    /// Encrypts the queues, the table, the logs, the functions' environment and the workspace that the gateway makes. By default SQS, DynamoDB and the others do, with keys of
    /// their own. The policy of a key that was imported has to let CloudWatch Logs use it.
    /// </summary>
    public IKey? EncryptionKey { get; init; }

    /// <summary>CloudWatch namespace of the gateway's own metrics.</summary>
    public string MetricsNamespace { get; init; } = "PushGateway";

    /// <summary>Is told when an alarm begins and ends. Without, alarms are only shown.</summary>
    public ITopic? AlarmTopic { get; init; }

    /// <summary>Age of the oldest message in the queue from which on there is an alarm: by default 5 minutes.</summary>
    public Duration? QueueAgeAlarm { get; init; }

    /// <summary>Path of the SSM parameters: by default the construct's, as in <c>/PushGateway/Gateway</c>.</summary>
    public string? ParameterPath { get; init; }

    /// <summary>What becomes of the workspace that the gateway makes, the table and the logs when they leave the stack. They are kept by default.</summary>
    public RemovalPolicy RemovalPolicy { get; init; } = RemovalPolicy.RETAIN;
}
