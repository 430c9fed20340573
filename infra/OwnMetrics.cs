using Amazon.CDK;
using Amazon.CDK.AWS.CloudWatch;

namespace PushGateway.Infra;

/// <summary>
/// The gateway's own metrics, named as the instruments in <c>PushTelemetry</c>. Api and Worker write them into their logs.
/// </summary>
/// <param name="metricsNamespace">The CloudWatch namespace.</param>
internal sealed class OwnMetrics(string metricsNamespace)
{
    public const string Pushes = "pushgateway.pushes";
    public const string SamplesReceived = "pushgateway.samples.received";
    public const string MessagesQueued = "pushgateway.messages.queued";
    public const string MessagesDelivered = "pushgateway.messages.delivered";
    public const string SamplesDelivered = "pushgateway.samples.delivered";
    public const string MessagesRejected = "pushgateway.messages.rejected";
    public const string MessagesFailed = "pushgateway.messages.failed";
    public const string SinkRetries = "pushgateway.sink.retries";
    public const string GroupsSkipped = "pushgateway.groups.skipped";
    public const string QueueAge = "pushgateway.queue.age";
    public const string DeliveryDuration = "pushgateway.delivery.duration";

    public const string Api = "pushgateway";
    public const string Worker = "pushgateway-worker";

    private const string Service = "service";

    /// <summary>The sum of a counter.</summary>
    public Metric Sum(string name, string service, string? label = null) => Create(name, service, label, Stats.SUM);

    /// <summary>A statistic of a histogram, such as <c>p99</c>.</summary>
    public Metric Statistic(string name, string service, string label, string statistic) => Create(name, service, label, statistic);

    /// <summary>The sum of a counter for each combination of values of the dimensions.</summary>
    public MathExpression SumBy(string name, string service, params string[] dimensions) => new(new MathExpressionProps
    {
        Expression = $"SEARCH('{{\"{metricsNamespace}\",{Service},{string.Join(',', dimensions)}}} MetricName=\"{name}\" {Service}=\"{service}\"', 'Sum')",
        Label = "",
        UsingMetrics = new Dictionary<string, IMetric>(),
    });

    private Metric Create(string name, string service, string? label, string statistic) => new(new MetricProps
    {
        Namespace = metricsNamespace,
        MetricName = name,
        DimensionsMap = new Dictionary<string, string> { [Service] = service },
        Statistic = statistic,
        Label = label,
        Period = Duration.Minutes(1),
    });
}
