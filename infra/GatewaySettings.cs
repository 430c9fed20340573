using Amazon.CDK;

namespace PushGateway.Infra;

/// <summary>The numbers of the props, with all defaults filled in. Times are in seconds.</summary>
internal sealed record GatewaySettings
{
    /// <summary>Most messages in a batch of a standard queue, and of a FIFO queue (Lambda quotas).</summary>
    public const int LargestBatch = 10_000;
    public const int LargestFifoBatch = 10;

    /// <summary>A larger batch needs a batch window (Lambda quota).</summary>
    public const int LargestBatchWithoutWindow = 10;

    /// <summary>How many times the function's timeout a message must be hidden (AWS Lambda developer guide, on Amazon SQS).</summary>
    public const int VisibilityOverTimeout = 6;

    /// <summary>The longest time that SQS keeps a message: 14 days.</summary>
    public const int LongestRetention = 14 * 24 * 60 * 60;

    // A message that cannot be delivered goes to the dead-letter queue before SQS deletes it.
    private const double ShareOfRetention = 0.9;

    /// <summary>The highest <c>maxReceiveCount</c> (SQS quota).</summary>
    public const int MostReceives = 1000;

    /// <summary>The largest message of SQS in bytes (quota), and the former largest, which is still the setting of many queues.</summary>
    public const int LargestMessage = 1024 * 1024;
    public const int UsualLargestMessage = 256 * 1024;

    private const int Day = 24 * 60 * 60;
    private const double Hour = 60 * 60;

    public required bool IsFifo { get; init; }

    public required int BatchSize { get; init; }

    public required double BatchWindow { get; init; }

    /// <summary>Null with provisioned pollers.</summary>
    public required int? MaxConcurrency { get; init; }

    public required double ApiTimeout { get; init; }

    public required double WorkerTimeout { get; init; }

    public required double VisibilityTimeout { get; init; }

    public required double QueueRetention { get; init; }

    public required int MaxReceiveCount { get; init; }

    public required int MaxMessageBytes { get; init; }

    public required double QueueAgeAlarm { get; init; }

    public static GatewaySettings Of(PrometheusPushGatewayProps props)
    {
        var isFifo = props.Queue?.Fifo ?? props.FifoQueue;
        var workerTimeout = Seconds(props.WorkerTimeout, 60);
        var visibility = Seconds(props.VisibilityTimeout, VisibilityOverTimeout * workerTimeout);
        var retention = Seconds(props.QueueRetention, 7 * Day);
        return new GatewaySettings
        {
            IsFifo = isFifo,
            BatchSize = props.BatchSize ?? (isFifo ? LargestFifoBatch : 1000),
            BatchWindow = Seconds(props.BatchWindow, isFifo ? 0 : 5),
            MaxConcurrency = props.MaxConcurrency ?? (props.ProvisionedPollers is null ? 10 : null),
            ApiTimeout = Seconds(props.ApiTimeout, 29),
            WorkerTimeout = workerTimeout,
            VisibilityTimeout = visibility,
            QueueRetention = retention,
            MaxReceiveCount = props.MaxReceiveCount ?? Math.Clamp(ReceivesUntil(retention * ShareOfRetention), 1, MostReceives),
            MaxMessageBytes = props.MaxMessageBytes ?? (props.Queue is null ? LargestMessage : UsualLargestMessage),
            QueueAgeAlarm = Seconds(props.QueueAgeAlarm, 300),
        };
    }

    /// <summary>How often Worker receives a message until it has an age in seconds, if it can be delivered at no time.</summary>
    internal static int ReceivesUntil(double age)
    {
        // docs/queue.md: every ten seconds in the first hour, then after a twentieth of its age, and after an hour at most.
        var receives = 0;
        for (var now = 0.0; now < age; now += now <= Hour ? 10 : Math.Min(now / 20, Hour))
        {
            receives++;
        }

        return receives;
    }

    private static double Seconds(Duration? duration, double otherwise) =>
        duration?.ToSeconds(new TimeConversionOptions { Integral = false }) ?? otherwise;
}
