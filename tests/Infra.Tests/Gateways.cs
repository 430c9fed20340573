using Amazon.CDK;
using Amazon.CDK.AWS.KMS;
using Amazon.CDK.AWS.Lambda;
using Amazon.CDK.AWS.SecretsManager;
using Amazon.CDK.AWS.SNS;
using Amazon.CDK.AWS.SQS;
using Amazon.CDK.AWS.SSM;
using Xunit;

namespace PushGateway.Infra.Tests;

/// <summary>Gateways that are set up in all the ways that there are, each synthesized once.</summary>
internal static class Gateways
{
    public const string Default = "default";
    public const string Customized = "customized";
    public const string RemoteWrite = "remote write";
    public const string X64 = "x64";
    public const string NoGroups = "no groups";
    public const string Fifo = "FIFO";
    public const string Fair = "fair";
    public const string HttpApi = "HTTP API";
    public const string HttpApiCredentials = "HTTP API with credentials";
    public const string Secret = "secret";
    public const string Parameter = "parameter";
    public const string Public = "public";
    public const string NoEntry = "no entry";
    public const string Key = "key";
    public const string Pollers = "pollers";
    public const string Existing = "existing";

    public const string SecretArn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:pushgateway-AbCdEf";
    public const string WorkspaceArn = "arn:aws:aps:us-west-2:123456789012:workspace/ws-12345678-abcd";
    public const string QueueArn = "arn:aws:sqs:eu-west-1:123456789012:pushes";

    /// <summary>Those that have, together, everything that a template can have: for what takes its time.</summary>
    public static readonly string[] Telling = [Default, Customized, Public, HttpApiCredentials, Key, Fifo, Pollers];

    private static readonly Dictionary<string, Func<Stack, PrometheusPushGatewayProps>> Ways = new()
    {
        [Default] = _ => Props(),
        [Customized] = stack => Props() with
        {
            NewWorkspace = new PrometheusWorkspaceProps { Alias = "pushes" },
            MaxMessageBytes = 65536,
            QueueRetention = Duration.Days(2),
            VisibilityTimeout = Duration.Minutes(20),
            MaxReceiveCount = 100,
            BatchSize = 5000,
            BatchWindow = Duration.Seconds(30),
            MaxConcurrency = 3,
            ApiTimeout = Duration.Seconds(10),
            WorkerTimeout = Duration.Seconds(120),
            ApiMemory = 256,
            WorkerMemory = 2048,
            ApiReservedConcurrency = 20,
            WorkerReservedConcurrency = 4,
            Environment = new Dictionary<string, string> { ["PUSHGATEWAY_MAX_LABELS"] = "40", ["PUSHGATEWAY_TARGET_MAX_AGE"] = "2h" },
            LogRetention = Amazon.CDK.AWS.Logs.RetentionDays.ONE_YEAR,
            Tracing = false,
            MetricsNamespace = "Pushes/Test",
            AlarmTopic = new Topic(stack, "Alarms"),
            QueueAgeAlarm = Duration.Minutes(15),
            ParameterPath = "/metrics/gateway",
            RemovalPolicy = RemovalPolicy.DESTROY,
            AdotLayerArn = "arn:aws:lambda:eu-west-1:123456789012:layer:collector:7",
        },
        [RemoteWrite] = _ => Props() with { Sink = GatewaySink.RemoteWrite },
        [X64] = _ => Props() with { Architecture = Architecture.X86_64 },
        [NoGroups] = _ => Props() with { Groups = false },
        [Fifo] = _ => Props() with { FifoQueue = true },
        [Fair] = _ => Props() with { FairQueue = true },
        [HttpApi] = _ => Props() with { Entry = GatewayEntry.HttpApi },
        [HttpApiCredentials] = stack => Props() with { Entry = GatewayEntry.HttpApi, Auth = GatewayAuth.Credentials, CredentialsSecret = SecretOf(stack) },
        [Secret] = stack => Props() with { Auth = GatewayAuth.Credentials, CredentialsSecret = SecretOf(stack) },
        [Parameter] = stack => Props() with
        {
            Auth = GatewayAuth.Credentials,
            CredentialsParameter = StringParameter.FromSecureStringParameterAttributes(
                stack, "Credentials", new SecureStringParameterAttributes { ParameterName = "/pushgateway/credentials" }),
        },
        [Public] = _ => Props() with { Auth = GatewayAuth.None },
        [NoEntry] = _ => Props() with { Entry = GatewayEntry.None },
        [Key] = stack => Props() with { EncryptionKey = new Key(stack, "Key", new KeyProps { EnableKeyRotation = true }), Entry = GatewayEntry.HttpApi },
        [Pollers] = _ => Props() with { ProvisionedPollers = new ProvisionedPollers(3, 30) },
        [Existing] = stack => Props() with
        {
            Workspace = PrometheusWorkspace.FromArn(stack, "Workspace", WorkspaceArn),
            Queue = Queue.FromQueueArn(stack, "Queue", QueueArn),
            DeadLetterQueue = Queue.FromQueueArn(stack, "DeadLetters", $"{QueueArn}-dead"),
        },
    };

    private static readonly Dictionary<string, Lazy<SynthesizedStack>> Stacks = Ways.ToDictionary(
        way => way.Key, way => new Lazy<SynthesizedStack>(() => SynthesizedStack.Of(stack => Add(stack, way.Value(stack)))));

    public static TheoryData<string> All => [.. Ways.Keys];

    public static SynthesizedStack Get(string way) => Stacks[way].Value;

    public static PrometheusPushGateway Add(Stack stack, PrometheusPushGatewayProps? props = null) => new(stack, "Gateway", props ?? Props());

    /// <summary>The defaults, but for the functions' code.</summary>
    public static PrometheusPushGatewayProps Props() => new() { ApiCode = CdkFolder.Zip("api"), WorkerCode = CdkFolder.Zip("worker") };

    private static ISecret SecretOf(Stack stack) =>
        Amazon.CDK.AWS.SecretsManager.Secret.FromSecretCompleteArn(stack, "Credentials", SecretArn);
}
