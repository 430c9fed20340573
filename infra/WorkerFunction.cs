using Amazon.CDK;
using Amazon.CDK.AWS.Events;
using Amazon.CDK.AWS.Events.Targets;
using Amazon.CDK.AWS.Lambda;
using Constructs;

namespace PushGateway.Infra;

/// <summary>The Worker function: it drains the queue into the workspace and lets groups expire.</summary>
internal sealed class WorkerFunction : Construct
{
    private const int SweepMinutes = 1;

    public WorkerFunction(
        Construct scope,
        PrometheusPushGatewayProps props,
        GatewaySettings settings,
        GatewayQueues queues,
        GroupTable? groups,
        PrometheusWorkspace workspace)
        : base(scope, "Worker")
    {
        var architecture = GatewayArchitecture.Of(props.Architecture)!;
        var options = new FunctionOptions
        {
            Description = "Prometheus push gateway: queue to workspace",
            Timeout = Duration.Seconds(settings.WorkerTimeout),
            MemorySize = props.WorkerMemory,
            ReservedConcurrentExecutions = props.WorkerReservedConcurrency,
            Layers = props.Sink == GatewaySink.Adot ? [AdotLayer.Import(this, props.AdotLayerArn, architecture)] : null,
            Environment = Environment(props, queues, groups, workspace),
        };
        Function = GatewayFunction.Create(this, props, options, props.WorkerCode ?? FunctionArtifact.Find("worker", architecture));
        queues.GrantWorker(Function);
        groups?.GrantWorker(Function);
        workspace.GrantWrite(Function);
        Drain(props, settings, queues);
        if (groups is not null)
        {
            Sweep();
        }
    }

    public Function Function { get; }

    private static Dictionary<string, string> Environment(
        PrometheusPushGatewayProps props, GatewayQueues queues, GroupTable? groups, PrometheusWorkspace workspace)
    {
        var environment = new Dictionary<string, string>
        {
            [GatewayEnvironment.QueueUrl] = queues.Source.QueueUrl,
            [GatewayEnvironment.DeadLetterQueueUrl] = queues.DeadLetters.QueueUrl,
        };
        if (groups is not null)
        {
            environment.Add(GatewayEnvironment.GroupsTable, groups.Table.TableName);
        }

        if (!props.Environment.ContainsKey(GatewayEnvironment.OutOfOrderWindow))
        {
            environment.Add(GatewayEnvironment.OutOfOrderWindow, $"{workspace.OutOfOrderWindow}s");
        }

        if (props.Sink == GatewaySink.RemoteWrite)
        {
            environment.Add(GatewayEnvironment.RemoteWriteUrl, workspace.RemoteWriteUrl);
            return environment;
        }

        environment.Add(GatewayEnvironment.OtlpEndpoint, GatewayEnvironment.CollectorEndpoint);
        environment.Add(GatewayEnvironment.CollectorConfiguration, GatewayEnvironment.CollectorFile);
        environment.Add(GatewayEnvironment.CollectorRemoteWriteUrl, workspace.RemoteWriteUrl);
        return environment;
    }

    private void Drain(PrometheusPushGatewayProps props, GatewaySettings settings, GatewayQueues queues)
    {
        var source = Function.AddEventSourceMapping("Pushes", new EventSourceMappingOptions
        {
            EventSourceArn = queues.Source.QueueArn,
            BatchSize = settings.BatchSize,
            MaxBatchingWindow = settings.BatchWindow > 0 ? Duration.Seconds(settings.BatchWindow) : null,
            MaxConcurrency = settings.MaxConcurrency,
            // Without it, any answer of Worker would count as the delivery of the whole batch.
            ReportBatchItemFailures = true,
        });
        if (props.ProvisionedPollers is { } pollers)
        {
            source.SetProvisionedPollers(pollers);
        }
    }

    // The function is frozen between invocations, so a schedule wakes it for what is due. A missed sweep is made up for by the next one.
    private void Sweep() => _ = new Rule(this, "Sweep", new RuleProps
    {
        Description = "Groups of the Prometheus push gateway expire",
        Schedule = Schedule.Rate(Duration.Minutes(SweepMinutes)),
        Targets = [new LambdaFunction(Function, new LambdaFunctionProps { RetryAttempts = 0, MaxEventAge = Duration.Minutes(SweepMinutes) })],
    });
}
