using System.Text.RegularExpressions;
using Amazon.CDK;
using Amazon.CDK.AWS.SQS;
using PushGateway.Aws.Lambda.Metrics;

namespace PushGateway.Infra;

/// <summary>
/// Refuses a configuration that CloudFormation would refuse half way through a deployment, or that would lose pushes. Each sentence says
/// what to change.
/// </summary>
internal static partial class PropsValidation
{
    private const int ShortestMemory = 128;
    private const int LargestMemory = 10_240;
    private const int LongestTimeout = 900;
    private const int LongestWindow = 300;
    private const int SmallestMessage = 1024;
    private const int ShortestRetention = 60;
    private const int LongestVisibility = 12 * 60 * 60;
    private const int DefaultVisibility = 30;

    // An HTTP API waits 30 s for its integration.
    private const int LongestHttpApiTimeout = 29;

    /// <exception cref="ArgumentException">The configuration cannot work.</exception>
    public static void ThrowIfInvalid(PrometheusPushGatewayProps props, GatewaySettings settings)
    {
        string[] problems =
        [
            .. OfWorkspace(props),
            .. OfEntry(props, settings),
            .. OfQueues(props, settings),
            .. OfSource(props, settings),
            .. OfFunctions(props, settings),
            .. props.Environment.Keys.Select(GatewayEnvironment.ReasonToRefuse).OfType<string>(),
            .. OfNames(props),
        ];
        if (problems.Length > 0)
        {
            throw new ArgumentException(string.Join(System.Environment.NewLine, problems));
        }
    }

    private static IEnumerable<string> OfWorkspace(PrometheusPushGatewayProps props)
    {
        if (props is { Workspace: not null, NewWorkspace: not null })
        {
            yield return "Workspace is an existing workspace and NewWorkspace asks for a new one: remove one of them.";
        }

        if (props is { Sink: GatewaySink.RemoteWrite, AdotLayerArn: not null })
        {
            yield return "AdotLayerArn is set, but with Sink RemoteWrite there is no layer: remove it, or choose Sink Adot.";
        }
    }

    private static IEnumerable<string> OfEntry(PrometheusPushGatewayProps props, GatewaySettings settings)
    {
        var hashes = (props.CredentialsSecret is null ? 0 : 1) + (props.CredentialsParameter is null ? 0 : 1);
        if (props.Entry == GatewayEntry.None && props.Auth != GatewayAuth.Iam)
        {
            yield return $"Auth is {props.Auth}, but with Entry None there is no HTTP to guard: remove Auth, or choose an Entry.";
        }

        if (props.Auth == GatewayAuth.Credentials && hashes == 0)
        {
            yield return "Auth Credentials needs the hashes: set CredentialsSecret or CredentialsParameter.";
        }

        if (props.Auth != GatewayAuth.Credentials && hashes > 0)
        {
            yield return $"Auth is {props.Auth}, which does not use credentials: choose Auth Credentials, or remove CredentialsSecret and CredentialsParameter.";
        }

        if (hashes == 2)
        {
            yield return "CredentialsSecret and CredentialsParameter are both set: remove one of them.";
        }

        if (props.Entry == GatewayEntry.HttpApi && settings.ApiTimeout > LongestHttpApiTimeout)
        {
            yield return $"ApiTimeout is {settings.ApiTimeout} s, but an HTTP API waits for 30 s: make it {LongestHttpApiTimeout} s at most, or choose Entry FunctionUrl.";
        }
    }

    private static IEnumerable<string> OfQueues(PrometheusPushGatewayProps props, GatewaySettings settings)
    {
        if (settings.IsFifo && props.FairQueue)
        {
            yield return "FairQueue is for a standard queue; a FIFO queue serves its message groups in turn anyway: remove FairQueue, or FifoQueue.";
        }

        if (!InRange(settings.MaxMessageBytes, SmallestMessage, GatewaySettings.LargestMessage))
        {
            yield return $"MaxMessageBytes is {settings.MaxMessageBytes}: make it {SmallestMessage} to {GatewaySettings.LargestMessage}.";
        }

        foreach (var problem in props.Queue is { } queue ? OfGivenQueue(props, settings, queue) : OfNewQueue(props, settings))
        {
            yield return problem;
        }
    }

    private static IEnumerable<string> OfGivenQueue(PrometheusPushGatewayProps props, GatewaySettings settings, IQueue queue)
    {
        if (props is not { FifoQueue: false, VisibilityTimeout: null, QueueRetention: null, MaxReceiveCount: null })
        {
            yield return "FifoQueue, VisibilityTimeout, QueueRetention and MaxReceiveCount are for the queue that the gateway makes: set them on Queue itself, or remove Queue.";
        }

        if (GatewayQueues.DeadLetterQueueOf(props) is not { } deadLetters)
        {
            yield return "Queue needs the DeadLetterQueue that its redrive policy names: Worker sends undeliverable messages to it.";
        }
        else if (deadLetters.Fifo != queue.Fifo)
        {
            yield return "One of Queue and DeadLetterQueue is a FIFO queue and the other is not: both must be of the same kind.";
        }

        if ((queue as Queue)?.Node.DefaultChild is CfnQueue definition
            && (definition.VisibilityTimeout ?? DefaultVisibility) is var visibility
            && visibility < GatewaySettings.VisibilityOverTimeout * settings.WorkerTimeout)
        {
            yield return TooSoonVisible($"The visibility timeout of Queue is {visibility} s", settings);
        }
    }

    private static IEnumerable<string> OfNewQueue(PrometheusPushGatewayProps props, GatewaySettings settings)
    {
        if (props.DeadLetterQueue is not null)
        {
            yield return "DeadLetterQueue belongs to a Queue of your own: set Queue, too, or remove it, and the gateway makes both.";
        }

        if (settings.VisibilityTimeout < GatewaySettings.VisibilityOverTimeout * settings.WorkerTimeout)
        {
            yield return TooSoonVisible($"VisibilityTimeout is {settings.VisibilityTimeout} s", settings);
        }

        if (settings.VisibilityTimeout > LongestVisibility)
        {
            yield return $"VisibilityTimeout is {settings.VisibilityTimeout} s: make it 12 hours at most.";
        }

        if (settings.QueueRetention < ShortestRetention || settings.QueueRetention >= GatewaySettings.LongestRetention)
        {
            yield return $"QueueRetention is {settings.QueueRetention} s: make it 60 s at least, and less than the 14 days that the dead-letter queue keeps a message, counted from when it was first sent.";
        }

        if (!InRange(settings.MaxReceiveCount, 1, GatewaySettings.MostReceives))
        {
            yield return $"MaxReceiveCount is {settings.MaxReceiveCount}: make it 1 to {GatewaySettings.MostReceives}.";
        }
    }

    private static IEnumerable<string> OfSource(PrometheusPushGatewayProps props, GatewaySettings settings)
    {
        var largest = settings.IsFifo ? GatewaySettings.LargestFifoBatch : GatewaySettings.LargestBatch;
        if (!InRange(settings.BatchSize, 1, largest))
        {
            yield return $"BatchSize is {settings.BatchSize}: make it 1 to {largest}, the most that Lambda takes from a {(settings.IsFifo ? "FIFO" : "standard")} queue.";
        }

        if (settings.IsFifo && settings.BatchWindow > 0)
        {
            yield return "BatchWindow is set, but Lambda does not wait for a batch of a FIFO queue: remove BatchWindow.";
        }
        else if (!settings.IsFifo && settings.BatchSize > GatewaySettings.LargestBatchWithoutWindow && settings.BatchWindow < 1)
        {
            yield return $"BatchSize is {settings.BatchSize}, which needs a BatchWindow of at least 1 s: set one, or make BatchSize 10 at most.";
        }

        if (settings.BatchWindow is < 0 or > LongestWindow || settings.BatchWindow % 1 != 0)
        {
            yield return $"BatchWindow is {settings.BatchWindow} s: make it whole seconds, {LongestWindow} at most.";
        }

        if (props is { MaxConcurrency: not null, ProvisionedPollers: not null })
        {
            yield return "MaxConcurrency and ProvisionedPollers exclude each other: remove one of them.";
        }

        if (settings.MaxConcurrency is { } concurrency && !InRange(concurrency, 2, 1000))
        {
            yield return $"MaxConcurrency is {concurrency}: make it 2 to 1000.";
        }

        if (props.ProvisionedPollers is var (minimum, maximum) && !(InRange(minimum, 2, 200) && InRange(maximum, Math.Max(minimum, 2), 2000)))
        {
            yield return $"ProvisionedPollers are {minimum} to {maximum}: make the minimum 2 to 200, and the maximum up to 2000 and no less.";
        }

        if (!(settings.QueueAgeAlarm > 0))
        {
            yield return $"QueueAgeAlarm is {settings.QueueAgeAlarm} s: make it more than 0.";
        }
    }

    private static IEnumerable<string> OfFunctions(PrometheusPushGatewayProps props, GatewaySettings settings)
    {
        foreach (var (name, timeout) in new[] { ("ApiTimeout", settings.ApiTimeout), ("WorkerTimeout", settings.WorkerTimeout) })
        {
            if (timeout is < 1 or > LongestTimeout || timeout % 1 != 0)
            {
                yield return $"{name} is {timeout} s: make it whole seconds, 1 to {LongestTimeout}.";
            }
        }

        foreach (var (name, memory) in new[] { ("ApiMemory", props.ApiMemory), ("WorkerMemory", props.WorkerMemory) })
        {
            if (!InRange(memory, ShortestMemory, LargestMemory))
            {
                yield return $"{name} is {memory} MB: make it {ShortestMemory} to {LargestMemory}.";
            }
        }

        if (props.ApiReservedConcurrency is < 1)
        {
            yield return $"ApiReservedConcurrency is {props.ApiReservedConcurrency}, and nothing could be pushed: make it 1 at least, or remove it.";
        }

        // The scheduled sweep needs one as well.
        var needed = (settings.MaxConcurrency ?? 1) + (props.Groups ? 1 : 0);
        if (props.WorkerReservedConcurrency is { } reserved && reserved < needed)
        {
            yield return $"WorkerReservedConcurrency is {reserved}, but MaxConcurrency{(props.Groups ? " and the schedule" : "")} can use {needed}: raise it, or lower MaxConcurrency. Lambda would be throttled, and its messages would wait until they are visible again.";
        }

        if (GatewayArchitecture.Of(props.Architecture) is null)
        {
            yield return $"Architecture is {props.Architecture.Name}: choose ARM_64 or X86_64.";
        }
    }

    private static IEnumerable<string> OfNames(PrometheusPushGatewayProps props)
    {
        if (!CloudWatchNamespace.IsValid(props.MetricsNamespace))
        {
            yield return $"MetricsNamespace is \"{props.MetricsNamespace}\": make it {CloudWatchNamespace.Rule}.";
        }

        if (props.ParameterPath is { } path && !Token.IsUnresolved(path)
            && (!ParameterPathForm().IsMatch(path) || ReservedPathForm().IsMatch(path)))
        {
            yield return $"ParameterPath is \"{path}\": begin it with a slash, end it without, use letters, digits and . - _ /, and begin it with neither aws nor ssm.";
        }
    }

    private static bool InRange(int number, int least, int most) => number >= least && number <= most;

    private static string TooSoonVisible(string what, GatewaySettings settings) =>
        $"{what}, but has to be at least {GatewaySettings.VisibilityOverTimeout} times the WorkerTimeout of {settings.WorkerTimeout} s, or messages come again that are still worked on: "
        + $"make it {GatewaySettings.VisibilityOverTimeout * settings.WorkerTimeout} s, or lower WorkerTimeout.";

    [GeneratedRegex(@"^(/[A-Za-z0-9._\-]+)+\z")]
    private static partial Regex ParameterPathForm();

    [GeneratedRegex("^/(aws|ssm)", RegexOptions.IgnoreCase)]
    private static partial Regex ReservedPathForm();
}
