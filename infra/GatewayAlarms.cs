using Amazon.CDK;
using Amazon.CDK.AWS.CloudWatch;
using Amazon.CDK.AWS.CloudWatch.Actions;
using Amazon.CDK.AWS.Lambda;
using Amazon.CDK.AWS.SNS;
using Constructs;

namespace PushGateway.Infra;

/// <summary>The alarms that need a person's attention.</summary>
internal sealed class GatewayAlarms : Construct
{
    private static readonly Duration Minute = Duration.Minutes(1);

    private readonly ITopic? _topic;
    private readonly List<IAlarm> _alarms = [];

    public GatewayAlarms(
        Construct scope, PrometheusPushGatewayProps props, GatewaySettings settings, GatewayQueues queues, IFunction worker, IFunction? api, HttpEntry? http)
        : base(scope, "Alarms")
    {
        _topic = props.AlarmTopic;
        Add(
            "QueueAge",
            $"Pushes have been waiting for more than {settings.QueueAgeAlarm} s: Worker or the workspace does not keep up.",
            QueueMetrics.Age(queues.Source, props.FairQueue),
            threshold: settings.QueueAgeAlarm);
        Add(
            "DeadLetters",
            "There are pushes that could not be delivered; the attribute Dead-Letter-Reason of each says why.",
            QueueMetrics.Waiting(queues.DeadLetters));
        Add(
            "Rejections",
            "Pushes are refused by the workspace, or cannot be read: they are moved to the dead-letter queue.",
            new OwnMetrics(props.MetricsNamespace).Sum(OwnMetrics.MessagesRejected, OwnMetrics.Worker));
        Add("WorkerErrors", "Worker fails.", worker.MetricErrors(EveryMinute()));
        Add("WorkerThrottles", "Worker is throttled: raise its concurrency.", worker.MetricThrottles(EveryMinute()));
        if (api is not null)
        {
            Add("ApiErrors", "Api fails.", api.MetricErrors(EveryMinute()));
            Add("ApiThrottles", "Api is throttled: raise its concurrency.", api.MetricThrottles(EveryMinute()));
        }

        if (http is not null)
        {
            Add("ServerErrors", "Pushes are not accepted: Api answers 5xx, for example while the queue is unavailable.", http.ServerErrors.With(EveryMinute()));
        }
    }

    public IReadOnlyList<IAlarm> All => _alarms;

    private static MetricOptions EveryMinute() => new() { Period = Minute, Statistic = Stats.SUM };

    private void Add(string id, string description, IMetric metric, double threshold = 0)
    {
        var alarm = new Alarm(this, id, new AlarmProps
        {
            AlarmDescription = description,
            Metric = metric,
            ComparisonOperator = ComparisonOperator.GREATER_THAN_THRESHOLD,
            Threshold = threshold,
            EvaluationPeriods = 1,
            // CloudWatch has no data while nothing happens.
            TreatMissingData = TreatMissingData.NOT_BREACHING,
        });
        if (_topic is not null)
        {
            alarm.AddAlarmAction(new SnsAction(_topic));
            alarm.AddOkAction(new SnsAction(_topic));
        }

        _alarms.Add(alarm);
    }
}
