using Amazon.CDK;
using Amazon.CDK.AWS.Lambda;
using Amazon.CDK.AWS.SecretsManager;
using Amazon.CDK.AWS.SQS;
using Amazon.CDK.AWS.SSM;
using PushGateway.Aws.Lambda.Metrics;
using Xunit;

namespace PushGateway.Infra.Tests;

/// <summary>What cannot work is refused before anything is deployed, with a sentence that says what to change.</summary>
public sealed class PropsValidationTests
{
    private static readonly Dictionary<string, Func<Stack, PrometheusPushGatewayProps, PrometheusPushGatewayProps>> Bad = new()
    {
        ["Workspace is an existing workspace and NewWorkspace asks for a new one: remove one of them."] = (stack, props) => props with
        {
            Workspace = PrometheusWorkspace.FromArn(stack, "Workspace", Gateways.WorkspaceArn),
            NewWorkspace = new PrometheusWorkspaceProps(),
        },
        ["AdotLayerArn is set, but with Sink RemoteWrite there is no layer: remove it, or choose Sink Adot."] =
            (_, props) => props with { Sink = GatewaySink.RemoteWrite, AdotLayerArn = "arn:aws:lambda:eu-west-1:1:layer:x:1" },
        ["Auth is None, but with Entry None there is no HTTP to guard: remove Auth, or choose an Entry."] =
            (_, props) => props with { Entry = GatewayEntry.None, Auth = GatewayAuth.None },
        ["Auth Credentials needs the hashes: set CredentialsSecret or CredentialsParameter."] = (_, props) => props with { Auth = GatewayAuth.Credentials },
        ["Auth is Iam, which does not use credentials: choose Auth Credentials, or remove CredentialsSecret and CredentialsParameter."] =
            (stack, props) => props with { CredentialsSecret = Hashes(stack) },
        ["CredentialsSecret and CredentialsParameter are both set: remove one of them."] = (stack, props) => props with
        {
            Auth = GatewayAuth.Credentials,
            CredentialsSecret = Hashes(stack),
            CredentialsParameter = StringParameter.FromStringParameterName(stack, "Parameter", "/hashes"),
        },
        ["ApiTimeout is 60 s, but an HTTP API waits for 30 s: make it 29 s at most, or choose Entry FunctionUrl."] =
            (_, props) => props with { Entry = GatewayEntry.HttpApi, ApiTimeout = Duration.Minutes(1) },
        ["FairQueue is for a standard queue; a FIFO queue serves its message groups in turn anyway: remove FairQueue, or FifoQueue."] =
            (_, props) => props with { FifoQueue = true, FairQueue = true },
        ["MaxMessageBytes is 2000000: make it 1024 to 1048576."] = (_, props) => props with { MaxMessageBytes = 2_000_000 },
        ["FifoQueue, VisibilityTimeout, QueueRetention and MaxReceiveCount are for the queue that the gateway makes: set them on Queue itself, or remove Queue."] =
            (stack, props) => Given(stack, props) with { MaxReceiveCount = 10 },
        ["Queue needs the DeadLetterQueue that its redrive policy names: Worker sends undeliverable messages to it."] =
            (stack, props) => Given(stack, props) with { DeadLetterQueue = null },
        ["One of Queue and DeadLetterQueue is a FIFO queue and the other is not: both must be of the same kind."] =
            (stack, props) => Given(stack, props) with { DeadLetterQueue = Queue.FromQueueArn(stack, "Fifo", $"{Gateways.QueueArn}.fifo") },
        ["The visibility timeout of Queue is 30 s, but has to be at least 6 times the WorkerTimeout of 60 s, or messages come again that are still worked on: make it 360 s, or lower WorkerTimeout."] =
            (stack, props) => props with
            {
                Queue = new Queue(stack, "Own", new QueueProps
                {
                    DeadLetterQueue = new DeadLetterQueue { Queue = new Queue(stack, "OwnDead"), MaxReceiveCount = 1000 },
                }),
            },
        ["DeadLetterQueue belongs to a Queue of your own: set Queue, too, or remove it, and the gateway makes both."] =
            (stack, props) => Given(stack, props) with { Queue = null },
        ["VisibilityTimeout is 30 s, but has to be at least 6 times the WorkerTimeout of 60 s, or messages come again that are still worked on: make it 360 s, or lower WorkerTimeout."] =
            (_, props) => props with { VisibilityTimeout = Duration.Seconds(30) },
        ["VisibilityTimeout is 50000 s: make it 12 hours at most."] =
            (_, props) => props with { VisibilityTimeout = Duration.Seconds(50_000) },
        ["QueueRetention is 1209600 s: make it 60 s at least, and less than the 14 days that the dead-letter queue keeps a message, counted from when it was first sent."] =
            (_, props) => props with { QueueRetention = Duration.Days(14) },
        ["MaxReceiveCount is 1001: make it 1 to 1000."] = (_, props) => props with { MaxReceiveCount = 1001 },
        ["BatchSize is 20000: make it 1 to 10000, the most that Lambda takes from a standard queue."] = (_, props) => props with { BatchSize = 20_000 },
        ["BatchSize is 11: make it 1 to 10, the most that Lambda takes from a FIFO queue."] = (_, props) => props with { FifoQueue = true, BatchSize = 11 },
        ["BatchWindow is set, but Lambda does not wait for a batch of a FIFO queue: remove BatchWindow."] =
            (_, props) => props with { FifoQueue = true, BatchWindow = Duration.Seconds(5) },
        ["BatchSize is 1000, which needs a BatchWindow of at least 1 s: set one, or make BatchSize 10 at most."] =
            (_, props) => props with { BatchWindow = Duration.Seconds(0) },
        ["BatchWindow is 301 s: make it whole seconds, 300 at most."] = (_, props) => props with { BatchWindow = Duration.Seconds(301) },
        ["BatchWindow is 1.5 s: make it whole seconds, 300 at most."] = (_, props) => props with { BatchWindow = Duration.Millis(1500) },
        ["MaxConcurrency and ProvisionedPollers exclude each other: remove one of them."] =
            (_, props) => props with { MaxConcurrency = 5, ProvisionedPollers = new ProvisionedPollers(2, 5) },
        ["MaxConcurrency is 1: make it 2 to 1000."] = (_, props) => props with { MaxConcurrency = 1 },
        ["ProvisionedPollers are 5 to 4: make the minimum 2 to 200, and the maximum up to 2000 and no less."] =
            (_, props) => props with { ProvisionedPollers = new ProvisionedPollers(5, 4) },
        ["QueueAgeAlarm is 0 s: make it more than 0."] = (_, props) => props with { QueueAgeAlarm = Duration.Seconds(0) },
        ["ApiTimeout is 901 s: make it whole seconds, 1 to 900."] = (_, props) => props with { ApiTimeout = Duration.Seconds(901) },
        ["WorkerTimeout is 0 s: make it whole seconds, 1 to 900."] = (_, props) => props with { WorkerTimeout = Duration.Seconds(0) },
        ["ApiMemory is 64 MB: make it 128 to 10240."] = (_, props) => props with { ApiMemory = 64 },
        ["WorkerMemory is 20000 MB: make it 128 to 10240."] = (_, props) => props with { WorkerMemory = 20_000 },
        ["ApiReservedConcurrency is 0, and nothing could be pushed: make it 1 at least, or remove it."] = (_, props) => props with { ApiReservedConcurrency = 0 },
        ["WorkerReservedConcurrency is 10, but MaxConcurrency and the schedule can use 11: raise it, or lower MaxConcurrency. Lambda would be throttled, and its messages would wait until they are visible again."] =
            (_, props) => props with { WorkerReservedConcurrency = 10 },
        ["Architecture is riscv64: choose ARM_64 or X86_64."] = (_, props) => props with { Architecture = Architecture.Custom("riscv64") },
        ["Environment sets PUSHGATEWAY_QUEUE_URL, which the gateway sets itself: remove it, and use the property for it."] = (_, props) => Setting(props, "PUSHGATEWAY_QUEUE_URL"),
        ["Environment sets PUSHGATEWAY_CREDENTIALS: use Auth Credentials with CredentialsSecret or CredentialsParameter."] = (_, props) => Setting(props, "PUSHGATEWAY_CREDENTIALS"),
        ["Environment sets AWS_LAMBDA_RUNTIME_API, which is Lambda's own: remove it."] = (_, props) => Setting(props, "AWS_LAMBDA_RUNTIME_API"),
        [$"MetricsNamespace is \"AWS/Pushes\": make it {CloudWatchNamespace.Rule}."] = (_, props) => props with { MetricsNamespace = "AWS/Pushes" },
        [$"MetricsNamespace is \":a\": make it {CloudWatchNamespace.Rule}."] = (_, props) => props with { MetricsNamespace = ":a" },
        [$"MetricsNamespace is \" \": make it {CloudWatchNamespace.Rule}."] = (_, props) => props with { MetricsNamespace = " " },
        [$"MetricsNamespace is \"a\"b\": make it {CloudWatchNamespace.Rule}."] = (_, props) => props with { MetricsNamespace = "a\"b" },
        ["ParameterPath is \"metrics/\": begin it with a slash, end it without, use letters, digits and . - _ /, and begin it with neither aws nor ssm."] =
            (_, props) => props with { ParameterPath = "metrics/" },
        ["ParameterPath is \"/aws/pushes\": begin it with a slash, end it without, use letters, digits and . - _ /, and begin it with neither aws nor ssm."] =
            (_, props) => props with { ParameterPath = "/aws/pushes" },
    };

    public static TheoryData<string> Sentences => [.. Bad.Keys];

    [Theory]
    [MemberData(nameof(Sentences))]
    public void What_cannot_work_is_refused(string sentence)
    {
        var stack = new Stack(new App(), "Test");
        var exception = Assert.Throws<ArgumentException>(() => Gateways.Add(stack, Bad[sentence](stack, Gateways.Props())));
        Assert.Equal(sentence, exception.Message);
    }

    [Fact]
    public void A_metrics_namespace_may_have_what_CloudWatch_allows()
    {
        var props = Gateways.Props() with { MetricsNamespace = "My Team/Push-Gateway_1.0#x:y" };
        PropsValidation.ThrowIfInvalid(props, GatewaySettings.Of(props));
    }

    [Fact]
    public void Everything_is_said_at_once()
    {
        var stack = new Stack(new App(), "Test");
        var exception = Assert.Throws<ArgumentException>(() => Gateways.Add(stack, Gateways.Props() with { ApiMemory = 1, WorkerMemory = 2 }));
        Assert.Equal(["ApiMemory is 1 MB", "WorkerMemory is 2 MB"], exception.Message.Split(System.Environment.NewLine).Select(line => line.Split(':')[0]));
    }

    [Theory]
    [InlineData(900)]
    [InlineData(1)]
    public void The_defaults_follow_Workers_timeout(int seconds)
    {
        var settings = GatewaySettings.Of(Gateways.Props() with { WorkerTimeout = Duration.Seconds(seconds) });
        Assert.Equal(6 * seconds, settings.VisibilityTimeout);
        PropsValidation.ThrowIfInvalid(Gateways.Props() with { WorkerTimeout = Duration.Seconds(seconds) }, settings);
    }

    [Fact]
    public void A_queue_of_ones_own_stack_brings_its_dead_letter_queue()
    {
        var stack = SynthesizedStack.Of(stack => Gateways.Add(stack, Gateways.Props() with
        {
            Queue = new Queue(stack, "Own", new QueueProps
            {
                VisibilityTimeout = Duration.Minutes(6),
                DeadLetterQueue = new DeadLetterQueue { Queue = new Queue(stack, "OwnDead"), MaxReceiveCount = 1000 },
            }),
        }));
        Assert.Equal("${OwnDead}", stack.One("AWS::Lambda::Function", "GatewayWorkerFunction").Text("Environment.Variables.PUSHGATEWAY_DEAD_LETTER_QUEUE_URL"));
    }

    private static ISecret Hashes(Stack stack) => Secret.FromSecretCompleteArn(stack, "Hashes", Gateways.SecretArn);

    private static PrometheusPushGatewayProps Given(Stack stack, PrometheusPushGatewayProps props) => props with
    {
        Queue = Queue.FromQueueArn(stack, "Queue", Gateways.QueueArn),
        DeadLetterQueue = Queue.FromQueueArn(stack, "DeadLetters", $"{Gateways.QueueArn}-dead"),
    };

    private static PrometheusPushGatewayProps Setting(PrometheusPushGatewayProps props, string name) =>
        props with { Environment = new Dictionary<string, string> { [name] = "x" } };
}
