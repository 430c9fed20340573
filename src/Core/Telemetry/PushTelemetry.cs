using System.Diagnostics;
using System.Diagnostics.Metrics;
using PushGateway.Delivery;
using PushGateway.Queue;

namespace PushGateway.Telemetry;

/// <summary>The gateway's own metrics and traces: one meter, one activity source, both named <see cref="Name"/>.</summary>
public static class PushTelemetry
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "PushGateway";

    // The most that a batch's span is linked to; more would only be cut by the exporters.
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

    private static readonly Counter<long> MessagesFailed =
        Meter.CreateCounter<long>("pushgateway.messages.failed", "{message}", "Messages given back to the queue.");

    private static readonly Counter<long> SinkRetries =
        Meter.CreateCounter<long>("pushgateway.sink.retries", "{request}", "Requests that the sink could not take at once.");

    private static readonly Histogram<double> QueueAge = CreateHistogram(
        "pushgateway.queue.age", "Time from the queue taking a message to its delivery.");

    private static readonly Histogram<double> DeliveryDuration = CreateHistogram(
        "pushgateway.delivery.duration", "Time to deliver one batch of messages.");

    /// <summary>Counts a push.</summary>
    /// <param name="format">The wire format, or <c>none</c> when it was not recognised.</param>
    /// <param name="result"><c>accepted</c>, or a code of <see cref="Push.RejectCode"/>.</param>
    /// <param name="samples">Samples in it, when accepted.</param>
    public static void Pushed(string format, string result, int samples)
    {
        PushCount.Add(1, new KeyValuePair<string, object?>("format", format), new KeyValuePair<string, object?>("result", result));
        SamplesReceived.Add(samples);
    }

    /// <summary>Counts messages stored in the queue.</summary>
    public static void Queued(int messages) => MessagesQueued.Add(messages);

    /// <summary>The span of storing a push; its context travels with the messages.</summary>
    public static Activity? StartEnqueue() => Source.StartActivity("push enqueue", ActivityKind.Producer);

    /// <summary>The span of one delivery: a child of the push when all messages are of one, otherwise linked to each.</summary>
    public static Activity? StartDelivery(IReadOnlyList<ReceivedMessage> messages)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var contexts = new HashSet<ActivityContext>();
        foreach (var message in messages)
        {
            if (contexts.Count < MaxLinks
                && message.Message.Attributes.TryGetValue(MessageAttribute.TraceParent, out var parent)
                && ActivityContext.TryParse(parent, null, isRemote: true, out var context))
            {
                contexts.Add(context);
            }
        }

        return contexts is { Count: 1 }
            ? Source.StartActivity("push deliver", ActivityKind.Consumer, contexts.First())
            : Source.StartActivity("push deliver", ActivityKind.Consumer, default(ActivityContext), links: contexts.Select(c => new ActivityLink(c)));
    }

    internal static void SamplesStored(int samples) => SamplesDelivered.Add(samples);

    internal static void Retried() => SinkRetries.Add(1);

    internal static void Delivered(BatchOutcome outcome, TimeSpan duration, DateTimeOffset now)
    {
        DeliveryDuration.Record(duration.TotalSeconds);
        MessagesDelivered.Add(outcome.Delivered.Count);
        MessagesFailed.Add(outcome.Failed.Count);
        foreach (var letter in outcome.DeadLetters)
        {
            MessagesRejected.Add(1, new KeyValuePair<string, object?>("reason", letter.Reason.Code));
        }

        if (QueueAge.Enabled)
        {
            foreach (var message in outcome.Delivered)
            {
                QueueAge.Record(Math.Max(0, now.ToUnixTimeMilliseconds() - message.SentMs) / 1000.0);
            }
        }
    }

    private static Histogram<double> CreateHistogram(string name, string description) => Meter.CreateHistogram(
        name, "s", description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300, 3600] });
}
