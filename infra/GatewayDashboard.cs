using Amazon.CDK;
using Amazon.CDK.AWS.CloudWatch;
using Amazon.CDK.AWS.Lambda;
using Constructs;

namespace PushGateway.Infra;

/// <summary>A dashboard that follows a push: received, queued, delivered. Below that are the queues and the functions.</summary>
internal sealed class GatewayDashboard : Construct
{
    private const int Third = 8;

    private static readonly string[] Percentiles = ["p50", "p99", "Maximum"];

    private readonly OwnMetrics _own;

    public GatewayDashboard(
        Construct scope,
        PrometheusPushGatewayProps props,
        GatewayQueues queues,
        IFunction worker,
        IFunction? api,
        PrometheusWorkspace workspace,
        GatewayAlarms alarms)
        : base(scope, "Dashboard")
    {
        _own = new OwnMetrics(props.MetricsNamespace);
        var dashboard = new Dashboard(this, "Resource", new DashboardProps { DefaultInterval = Duration.Hours(3) });
        dashboard.AddWidgets(new AlarmStatusWidget(new AlarmStatusWidgetProps { Alarms = [.. alarms.All], Width = 24, Height = 2 }));
        if (api is not null)
        {
            dashboard.AddWidgets(
                Graph("Pushes", _own.SumBy(OwnMetrics.Pushes, OwnMetrics.Api, "format", "result")),
                Graph("Samples taken", _own.Sum(OwnMetrics.SamplesReceived, OwnMetrics.Api, "Samples")),
                Graph("Messages queued", _own.Sum(OwnMetrics.MessagesQueued, OwnMetrics.Api, "Messages")));
        }

        dashboard.AddWidgets(
            Graph(
                "Messages",
                _own.Sum(OwnMetrics.MessagesDelivered, OwnMetrics.Worker, "Delivered"),
                _own.Sum(OwnMetrics.MessagesFailed, OwnMetrics.Worker, "Failed for now"),
                _own.Sum(OwnMetrics.MessagesRejected, OwnMetrics.Worker, "Rejected"),
                _own.Sum(OwnMetrics.GroupsSkipped, OwnMetrics.Worker, "Groups that cannot be read")),
            Graph("Samples delivered", _own.Sum(OwnMetrics.SamplesDelivered, OwnMetrics.Worker, "Samples")),
            Graph("Rejected, by reason", _own.SumBy(OwnMetrics.MessagesRejected, OwnMetrics.Worker, "reason")));
        dashboard.AddWidgets(
            Graph("From queue to workspace, s", [.. Distribution(OwnMetrics.QueueAge)]),
            Graph("Delivery of a batch, s", [.. Distribution(OwnMetrics.DeliveryDuration)]),
            Graph(
                "Workspace",
                _own.Sum(OwnMetrics.SinkRetries, OwnMetrics.Worker, "Requests repeated"),
                Discarded(workspace)));
        dashboard.AddWidgets(
            Graph("Waiting", [.. Waiting(props, queues)]),
            Graph("Oldest, s", QueueMetrics.Age(queues.Source, isFair: false), QueueMetrics.Age(queues.DeadLetters, isFair: false)),
            Graph("Functions", [.. Functions(worker, api)]));
    }

    private static GraphWidget Graph(string title, params IMetric[] metrics) => new(new GraphWidgetProps
    {
        Title = title,
        Left = metrics,
        Width = Third,
        LeftYAxis = new YAxisProps { Min = 0, ShowUnits = false },
    });

    // The search finds the metric with any dimensions that the workspace gives it.
    private static MathExpression Discarded(PrometheusWorkspace workspace) => new(new MathExpressionProps
    {
        Expression = $"SEARCH('Namespace=\"AWS/Prometheus\" MetricName=\"DiscardedSamples\" \"{workspace.Id}\"', 'Sum')",
        Label = "Discarded",
        UsingMetrics = new Dictionary<string, IMetric>(),
    });

    private static IEnumerable<IMetric> Waiting(PrometheusPushGatewayProps props, GatewayQueues queues)
    {
        yield return QueueMetrics.Waiting(queues.Source);
        yield return QueueMetrics.Waiting(queues.DeadLetters);
        if (props.FairQueue)
        {
            yield return QueueMetrics.Waiting(queues.Source, isFair: true);
            yield return QueueMetrics.NoisyGroups(queues.Source);
        }
    }

    private static IEnumerable<IMetric> Functions(IFunction worker, IFunction? api)
    {
        foreach (var (name, function) in new[] { ("Worker", worker), ("Api", api) })
        {
            if (function is not null)
            {
                yield return function.MetricErrors(new MetricOptions { Label = $"{name} errors", Period = Duration.Minutes(1) });
                yield return function.MetricThrottles(new MetricOptions { Label = $"{name} throttles", Period = Duration.Minutes(1) });
                yield return function.Metric(
                    "ConcurrentExecutions", new MetricOptions { Label = $"{name} at a time", Statistic = Stats.MAXIMUM, Period = Duration.Minutes(1) });
            }
        }
    }

    private IEnumerable<IMetric> Distribution(string name) =>
        from statistic in Percentiles
        select _own.Statistic(name, OwnMetrics.Worker, statistic, statistic);
}
