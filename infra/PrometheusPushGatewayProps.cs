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
/// The configuration of a <see cref="PrometheusPushGateway"/>. Every property has a default. A configuration that cannot work is refused
/// when the app is synthesized, with a sentence that says what to change.
/// </summary>
public sealed record PrometheusPushGatewayProps
{
    /// <summary>The workspace to write to. By default the gateway creates one.</summary>
    public PrometheusWorkspace? Workspace { get; init; }

    /// <summary>
    /// The configuration of the workspace that the gateway creates. Not with <see cref="Workspace"/>. Properties that are not set have the
    /// gateway's values.
    /// </summary>
    public PrometheusWorkspaceProps? NewWorkspace { get; init; }

    /// <summary>The entry for pushes over HTTP.</summary>
    public GatewayEntry Entry { get; init; } = GatewayEntry.FunctionUrl;

    /// <summary>Who may push over HTTP.</summary>
    public GatewayAuth Auth { get; init; } = GatewayAuth.Iam;

    /// <summary>
    /// For <see cref="GatewayAuth.Credentials"/>: a secret whose text has one credential per line, as <c>hash-credential</c> prints it.
    /// Either this or <see cref="CredentialsParameter"/>.
    /// </summary>
    public ISecret? CredentialsSecret { get; init; }

    /// <summary>
    /// For <see cref="GatewayAuth.Credentials"/>: an SSM parameter with the same text. Either this or <see cref="CredentialsSecret"/>.
    /// </summary>
    public IStringParameter? CredentialsParameter { get; init; }

    /// <summary>How Worker writes to the workspace.</summary>
    public GatewaySink Sink { get; init; } = GatewaySink.Adot;

    /// <summary>Another version of the ADOT layer, or a copy of it: its ARN with the version at the end.</summary>
    public string? AdotLayerArn { get; init; }

    /// <summary>
    /// Whether groups are kept in a DynamoDB table. Series that a replace, a delete or an expiry ends then disappear at once. Without the
    /// table they stay visible for five minutes, and groups do not expire.
    /// </summary>
    public bool Groups { get; init; } = true;

    /// <summary>The queue to use, with <see cref="DeadLetterQueue"/>. By default the gateway creates both.</summary>
    public IQueue? Queue { get; init; }

    /// <summary>The dead-letter queue in the redrive policy of <see cref="Queue"/>. Worker sends to it, too.</summary>
    public IQueue? DeadLetterQueue { get; init; }

    /// <summary>
    /// Whether the queue that the gateway creates is a FIFO queue. Pushes to a group are then delivered one batch after the other. Direct
    /// producers must give each message a <c>MessageGroupId</c> and a <c>MessageDeduplicationId</c>, which IoT rules cannot do.
    /// </summary>
    public bool FifoQueue { get; init; }

    /// <summary>
    /// Whether direct producers give the messages to the standard queue a <c>MessageGroupId</c>, so that SQS serves senders fairly. The
    /// alarm on the queue's age then watches only quiet groups: a sender of too many messages waits, but raises no alarm.
    /// </summary>
    public bool FairQueue { get; init; }

    /// <summary>
    /// Largest message in bytes, 1024 to 1,048,576. The default is 1 MiB for the queue that the gateway creates, and 256 KiB for
    /// <see cref="Queue"/>. It must be the <c>MaximumMessageSize</c> of that queue.
    /// </summary>
    public int? MaxMessageBytes { get; init; }

    /// <summary>How long the queue keeps a message: less than the 14 days of the dead-letter queue, by default 7 days.</summary>
    public Duration? QueueRetention { get; init; }

    /// <summary>How long a received message stays hidden: at least six times <see cref="WorkerTimeout"/>, which is the default.</summary>
    public Duration? VisibilityTimeout { get; init; }

    /// <summary>
    /// How often a message is received before SQS moves it to the dead-letter queue: 1 to 1000. The default is how often a message is
    /// received in nine tenths of <see cref="QueueRetention"/> while the workspace takes nothing: 360 times in the first hour, 550 times in
    /// 7 days. What still cannot be delivered then is moved there before SQS deletes it.
    /// </summary>
    public int? MaxReceiveCount { get; init; }

    /// <summary>
    /// Most messages in a batch for Worker: 1 to 10,000, by default 1000. For a FIFO queue at most 10, which is then the default.
    /// </summary>
    public int? BatchSize { get; init; }

    /// <summary>How long messages are collected for a batch: up to 300 s, by default 5 s. Not possible with a FIFO queue.</summary>
    public Duration? BatchWindow { get; init; }

    /// <summary>
    /// Most Workers that drain the queue at the same time: 2 to 1000, by default 10. Not with <see cref="ProvisionedPollers"/>.
    /// </summary>
    public int? MaxConcurrency { get; init; }

    /// <summary>Pollers that are kept ready for a queue that fills in bursts. None by default.</summary>
    public ProvisionedPollers? ProvisionedPollers { get; init; }

    /// <summary>Longest time of Api for a request: by default 29 s, just below the limit of an HTTP API.</summary>
    public Duration? ApiTimeout { get; init; }

    /// <summary>Longest time of Worker for a batch: by default 60 s.</summary>
    public Duration? WorkerTimeout { get; init; }

    /// <summary>Memory of Api in MB, 128 to 10,240. Its share of a CPU grows with it.</summary>
    public int ApiMemory { get; init; } = 512;

    /// <summary>Memory of Worker in MB, 128 to 10,240. The ADOT layer uses it, too.</summary>
    public int WorkerMemory { get; init; } = 1024;

    /// <summary>Concurrency reserved for Api, which is also its limit. None by default.</summary>
    public int? ApiReservedConcurrency { get; init; }

    /// <summary>
    /// Concurrency reserved for Worker, which is also its limit. It must be above <see cref="MaxConcurrency"/>; otherwise messages that
    /// were already received would have to wait. None by default.
    /// </summary>
    public int? WorkerReservedConcurrency { get; init; }

    /// <summary>The functions' architecture.</summary>
    public Architecture Architecture { get; init; } = Architecture.ARM_64;

    /// <summary>Api's code. The default is <c>artifacts/api-&lt;arch&gt;.zip</c> in the repository of the app.</summary>
    public Code? ApiCode { get; init; }

    /// <summary>
    /// Worker's code, including <c>collector.yaml</c>. The default is <c>artifacts/worker-&lt;arch&gt;.zip</c> in the repository of the
    /// app.
    /// </summary>
    public Code? WorkerCode { get; init; }

    /// <summary>
    /// More environment variables for both functions, for example limits, with the names in docs/configuration.md:
    /// <c>PUSHGATEWAY_MAX_LABELS</c>. Variables that the gateway sets itself are refused.
    /// </summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>How long the logs of the functions and the HTTP API are kept.</summary>
    public RetentionDays LogRetention { get; init; } = RetentionDays.ONE_MONTH;

    /// <summary>Whether AWS X-Ray traces the functions.</summary>
    public bool Tracing { get; init; } = true;

    /// <summary>
    /// Encrypts the queues, the table, the logs, the functions' environment, and the workspace that the gateway creates. By default the
    /// services encrypt with their own keys. The policy of an imported key must allow CloudWatch Logs to use it.
    /// </summary>
    public IKey? EncryptionKey { get; init; }

    /// <summary>CloudWatch namespace of the gateway's own metrics.</summary>
    public string MetricsNamespace { get; init; } = "PushGateway";

    /// <summary>Is notified when an alarm begins and ends. Without it, alarms are only shown.</summary>
    public ITopic? AlarmTopic { get; init; }

    /// <summary>Age of the oldest message in the queue that raises an alarm: by default 5 minutes.</summary>
    public Duration? QueueAgeAlarm { get; init; }

    /// <summary>Path of the SSM parameters. The default is the construct's path, as in <c>/PushGateway/Gateway</c>.</summary>
    public string? ParameterPath { get; init; }

    /// <summary>
    /// What happens to the created workspace, the table and the logs when they leave the stack. By default they are kept.
    /// </summary>
    public RemovalPolicy RemovalPolicy { get; init; } = RemovalPolicy.RETAIN;
}
