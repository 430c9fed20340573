using System.Collections.Concurrent;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Queue;
using Xunit;

namespace PushGateway.Api.Tests;

/// <summary>A queue that takes everything and hands nothing out: what was queued, call by call.</summary>
internal sealed class RecordingQueue : IPushQueue
{
    public MessageCapacity Capacity { get; } = new(256 * 1024, TextOnly: true, ChunkBytes: 64 * 1024);

    /// <summary>The messages of each call.</summary>
    public ConcurrentQueue<IReadOnlyList<QueueMessage>> Calls { get; } = new();

    /// <summary>What the messages of the only call are.</summary>
    public IReadOnlyList<PushHeader> Headers() => [.. Decode(Assert.Single(Calls)).Select(push => push.Header)];

    /// <summary>Reads the messages of a call as a worker does. The queue took them at one time, which decides about that of the pushes.</summary>
    public static IEnumerable<(PushHeader Header, MetricBatch Batch)> Decode(IEnumerable<QueueMessage> messages)
    {
        var sentMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        return messages.Select(message => Decode(message, sentMs));
    }

    /// <summary>Reads a message as a worker does.</summary>
    public static (PushHeader Header, MetricBatch Batch) Decode(QueueMessage message) =>
        Decode(message, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());

    private static (PushHeader Header, MetricBatch Batch) Decode(QueueMessage message, long sentMs)
    {
        var batch = new MetricBatch();
        var received = new ReceivedMessage("1", message, sentMs);
        Assert.True(PushMessageCodec.TryDecode(received, batch, PushLimits.Default, out var header, out var error), error?.ToString());
        return (header, batch);
    }

    public ValueTask EnqueueAsync(IReadOnlyList<QueueMessage> messages, CancellationToken cancellationToken)
    {
        Calls.Enqueue([.. messages]);
        return default;
    }

    public ValueTask CompleteAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken) => default;

    public ValueTask DeadLetterAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken) => default;

    public ValueTask CheckAsync(CancellationToken cancellationToken) => default;
}
