using PushGateway.Queue;

namespace PushGateway.Core.Tests.Delivery;

/// <summary>A queue that hands out one batch, then waits, and remembers what became of its messages.</summary>
internal sealed class ScriptedQueue(params ReceivedMessage[] batch) : IPolledPushQueue
{
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ReceivedMessage[]? _batch = batch;

    /// <summary>Operations that fail.</summary>
    public HashSet<string> Broken { get; } = [];

    /// <summary>What was done, in order: <c>complete 1,2</c>.</summary>
    public List<string> Log { get; } = [];

    /// <summary>How long messages that were given back are not to be handed out.</summary>
    public List<TimeSpan> Delays { get; } = [];

    /// <summary>Called before the batch is handed out.</summary>
    public Action? HandingOut { get; init; }

    /// <summary>Completes when the pump comes back for more.</summary>
    public Task Drained => _drained.Task;

    public MessageCapacity Capacity => new(1024, TextOnly: false, ChunkBytes: 0);

    public async ValueTask<IReadOnlyList<ReceivedMessage>> ReceiveAsync(int maxMessages, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _batch, null) is { } first)
        {
            HandingOut?.Invoke();
            return first;
        }

        _drained.TrySetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        return [];
    }

    public ValueTask CompleteAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken) => Do("complete", messages);

    public ValueTask AbandonAsync(
        IReadOnlyList<ReceivedMessage> messages, Func<ReceivedMessage, TimeSpan> delay, CancellationToken cancellationToken)
    {
        Delays.AddRange(messages.Select(delay));
        return Do("abandon", messages);
    }

    public ValueTask DeadLetterAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken) =>
        Do("bury", [.. letters.Select(letter => letter.Message)]);

    public ValueTask RenewAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken) => Do("renew", messages);

    public ValueTask EnqueueAsync(IReadOnlyList<QueueMessage> messages, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask CheckAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    private ValueTask Do(string operation, IReadOnlyList<ReceivedMessage> messages)
    {
        lock (Log)
        {
            Log.Add($"{operation} {string.Join(',', messages.Select(message => message.Id))}");
        }

        return Broken.Contains(operation) ? throw new QueueUnavailableException("broken") : ValueTask.CompletedTask;
    }
}
