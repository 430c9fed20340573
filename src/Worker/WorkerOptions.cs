using PushGateway.Aws;
using PushGateway.Aws.DynamoDb;
using PushGateway.Aws.Sqs;
using PushGateway.Configuration;
using PushGateway.Delivery;
using PushGateway.Groups;
using PushGateway.Push;

namespace PushGateway.Worker;

/// <summary>The settings of Worker. Each is read from the configuration (environment, command line) by the name that its comment gives.</summary>
internal sealed record WorkerOptions
{
    // Every worker sweeps; a sweep that finds nothing is billed as a handful of reads.
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(15);

    /// <summary>
    /// <c>PUSHGATEWAY_QUEUE_URL</c> (required), <c>PUSHGATEWAY_DEAD_LETTER_QUEUE_URL</c>: the SQS queues. Without a dead-letter queue URL,
    /// the queue's redrive policy names it.
    /// </summary>
    public required SqsQueueOptions Queue { get; init; }

    /// <summary>
    /// <c>PUSHGATEWAY_GROUPS_TABLE</c>, <c>PUSHGATEWAY_MAX_GROUP_SERIES</c>: the DynamoDB table that keeps the groups. Without one, nothing is
    /// known of what a group held before: series that end get no stale marker.
    /// </summary>
    public DynamoGroupOptions? Groups { get; init; }

    /// <summary><c>PUSHGATEWAY_RECEIVERS</c>: receivers that poll side by side.</summary>
    public required int Receivers { get; init; }

    /// <summary>
    /// <c>PUSHGATEWAY_BATCH_SIZE</c>: messages delivered at a time by each receiver. <c>PUSHGATEWAY_TARGET_OUT_OF_ORDER_WINDOW</c>: how far apart
    /// samples may be that are sent side by side after an outage.
    /// </summary>
    public required DeliveryOptions Delivery { get; init; }

    /// <summary><c>PUSHGATEWAY_MAX_*</c>, <c>PUSHGATEWAY_FUTURE_TOLERANCE</c>, <c>PUSHGATEWAY_ALLOW_TIMESTAMPS</c>: what a direct producer's message is held to.</summary>
    public required PushLimits Limits { get; init; }

    /// <summary>Reads the settings; what is wrong is collected in <paramref name="settings"/>.</summary>
    public static WorkerOptions Read(SettingsReader settings)
    {
        var queueUrl = settings.Url("PUSHGATEWAY_QUEUE_URL");
        if (queueUrl is null && settings.Text("PUSHGATEWAY_QUEUE_URL") is null)
        {
            settings.Refuse("PUSHGATEWAY_QUEUE_URL: the URL of the SQS queue to drain is required.");
        }

        return new WorkerOptions
        {
            Queue = new SqsQueueOptions
            {
                QueueUrl = queueUrl?.OriginalString ?? "",
                DeadLetterQueueUrl = settings.Url("PUSHGATEWAY_DEAD_LETTER_QUEUE_URL")?.OriginalString,
            },
            Groups = DynamoGroupOptions.Read(settings, GroupStoreOptions.Read(settings)),
            Receivers = (int)settings.Number("PUSHGATEWAY_RECEIVERS", 2, 1, 64),
            Delivery = new DeliveryOptions
            {
                BatchSize = (int)settings.Number("PUSHGATEWAY_BATCH_SIZE", 1000, 1, 10_000),
                SweepInterval = SweepInterval,
                OutOfOrderWindow = MetricSinkFactory.ReadOutOfOrderWindow(settings),
            },
            Limits = PushLimits.Read(settings),
        };
    }
}
