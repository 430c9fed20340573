using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace PushGateway.Telemetry;

/// <summary>The gateway's own metrics and traces: one meter, one activity source, both named <see cref="Name"/>.</summary>
public static class PushTelemetry
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "PushGateway";

    // Most links of a batch's span. Exporters would cut off more.
    private const int MaxLinks = 128;

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> PushCount =
        Meter.CreateCounter<long>("pushgateway.pushes", "{push}", "Pushes by format and result.");

    private static readonly Counter<long> SamplesReceived =
        Meter.CreateCounter<long>("pushgateway.samples.received", "{sample}", "Samples in accepted pushes.");

    private static readonly Counter<long> MessagesQueued =
        Meter.CreateCounter<long>("pushgateway.messages.queued", "{message}", "Messages stored in the queue.");

    private static readonly Counter<long> MessagesDelivered =
        Meter.CreateCounter<long>("pushgateway.messages.delivered", "{message}", "Messages delivered.");

    private static readonly Counter<long> SamplesDelivered =
        Meter.CreateCounter<long>("pushgateway.samples.delivered", "{sample}", "Samples that the sink has stored.");

    private static readonly Counter<long> MessagesRejected =
        Meter.CreateCounter<long>("pushgateway.messages.rejected", "{message}", "Messages moved to the dead-letter queue, by reason.");

    private static readonly Counter<long> FailedMessages = Meter.CreateCounter<long>(
        "pushgateway.messages.failed", "{message}", "Messages that could not be delivered for now, counted again with each try.");

    private static readonly Counter<long> SinkRetries =
        Meter.CreateCounter<long>("pushgateway.sink.retries", "{request}", "Requests that the sink could not take at once.");

    private static readonly Counter<long> GroupsSkipped = Meter.CreateCounter<long>(
        "pushgateway.groups.skipped", "{group}", "Groups left out because they could not be read, counted again with each scrape and sweep.");

    private static readonly Gauge<long> TargetUp =
        Meter.CreateGauge<long>("pushgateway.target.up", "{target}", "Whether the target takes what it is sent: 1 or 0.");

    private static readonly Gauge<long> QueueMessages =
        Meter.CreateGauge<long>("pushgateway.queue.messages", "{message}", "Messages that wait in the queue.");

    private static readonly Gauge<double> QueueOldest =
        Meter.CreateGauge<double>("pushgateway.queue.oldest", "s", "How long the oldest message has waited in the queue.");

    private static readonly Gauge<long> QuarantinedMessages = Meter.CreateGauge<long>(
        "pushgateway.quarantined.messages",
        "{message}",
        "Messages that are sent beside the others, because a request with them was refused or failed.");

    private static readonly Histogram<double> QueueAge = CreateHistogram(
        "pushgateway.queue.age", "Time from the queue taking a message to its delivery.");

    private static readonly Histogram<double> DeliveryDuration = CreateHistogram(
        "pushgateway.delivery.duration", "Time to deliver one batch of messages.");

    /// <summary>Counts a push.</summary>
    /// <param name="format">The wire format, or <c>none</c> when it was not recognised.</param>
    /// <param name="result"><c>accepted</c>, or the code of the refusal.</param>
    /// <param name="samples">Number of samples in an accepted push.</param>
    public static void Pushed(string format, string result, int samples)
    {
        PushCount.Add(1, new KeyValuePair<string, object?>("format", format), new KeyValuePair<string, object?>("result", result));
        SamplesReceived.Add(samples);
    }

    /// <summary>Counts messages stored in the queue.</summary>
    public static void Queued(int messages) => MessagesQueued.Add(messages);

    /// <summary>The span of storing a push. The messages carry its context.</summary>
    public static Activity? StartEnqueue() => Source.StartActivity("push enqueue", ActivityKind.Producer);

    /// <summary>
    /// The span of one delivery. It is a child of the push when all messages come from one push, and otherwise has a link to each push.
    /// </summary>
    /// <param name="traceParents">W3C trace contexts of the messages. They are enumerated only when someone listens.</param>
    public static Activity? StartDelivery(IEnumerable<string> traceParents)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var contexts = new HashSet<ActivityContext>();
        foreach (var parent in traceParents)
        {
            if (contexts.Count < MaxLinks && ActivityContext.TryParse(parent, null, isRemote: true, out var context))
            {
                contexts.Add(context);
            }
        }

        return contexts is { Count: 1 }
            ? Source.StartActivity("push deliver", ActivityKind.Consumer, contexts.First())
            : Source.StartActivity("push deliver", ActivityKind.Consumer, default(ActivityContext), links: contexts.Select(c => new ActivityLink(c)));
    }

    internal static void SamplesStored(int samples) => SamplesDelivered.Add(samples);

    /// <summary>Counts a request that the sink could not take.</summary>
    /// <param name="messages">Messages with a sample in it.</param>
    internal static void Retried(int messages)
    {
        SinkRetries.Add(1);
        FailedMessages.Add(messages);
    }

    /// <summary>Counts messages that the gateway or its group store could not handle for now.</summary>
    internal static void MessagesFailed(int messages) => FailedMessages.Add(messages);

    /// <summary>Counts a group that was left out because it could not be read.</summary>
    public static void GroupSkipped() => GroupsSkipped.Add(1);

    /// <summary>Records whether the target takes what it is sent.</summary>
    internal static void TargetIs(bool up) => TargetUp.Record(up ? 1 : 0);

    /// <summary>Records what waits.</summary>
    internal static void QueueHolds(long messages, TimeSpan oldest, int quarantined)
    {
        QueueMessages.Record(messages);
        QueueOldest.Record(oldest.TotalSeconds);
        QuarantinedMessages.Record(quarantined);
    }

    /// <summary>Counts the messages that one batch has delivered.</summary>
    internal static void BatchEnded(int delivered, TimeSpan duration)
    {
        DeliveryDuration.Record(duration.TotalSeconds);
        MessagesDelivered.Add(delivered);
    }

    /// <summary>Counts a message that is dead-lettered.</summary>
    /// <param name="reason">The code of the reason.</param>
    public static void MessageRejected(string reason) => MessagesRejected.Add(1, new KeyValuePair<string, object?>("reason", reason));

    /// <summary>Records how long a delivered message was in the queue.</summary>
    internal static void QueueLeft(TimeSpan age) => QueueAge.Record(Math.Max(0, age.TotalSeconds));

    private static Histogram<double> CreateHistogram(string name, string description) => Meter.CreateHistogram(
        name, "s", description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300, 3600] });
}
