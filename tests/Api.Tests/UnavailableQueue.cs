using PushGateway.Queue;

namespace PushGateway.Api.Tests;

/// <summary>A queue that cannot be written, as on a full disk or without a network.</summary>
internal sealed class UnavailableQueue : IPushQueue
{
    public const string Reason = "the queue is on strike";

    public MessageCapacity Capacity { get; } = new(256 * 1024, TextOnly: false, ChunkBytes: 0);

    public ValueTask EnqueueAsync(IReadOnlyList<QueueMessage> messages, CancellationToken cancellationToken) =>
        throw new QueueUnavailableException(Reason);

    public ValueTask CompleteAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken) => default;

    public ValueTask DeadLetterAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken) => default;

    public ValueTask CheckAsync(CancellationToken cancellationToken) => throw new QueueUnavailableException(Reason);
}
