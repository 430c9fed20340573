using PushGateway.Push;
using PushGateway.Queue;

namespace PushGateway.Delivery;

/// <summary>
/// What became of messages. It begins with every message failed, and only a proof of delivery or of refusal changes that: whatever goes
/// wrong in between, an undelivered message stays on the queue.
/// </summary>
public sealed class BatchOutcome
{
    /// <summary>Why messages fail that have to wait for others.</summary>
    internal const string OlderFirst = "older messages are sent first";

    private readonly IReadOnlyList<ReceivedMessage> _messages;
    private readonly List<ReceivedMessage> _delivered;
    private readonly List<DeadLetter> _deadLetters = [];
    private readonly HashSet<ReceivedMessage> _dead = [];
    private readonly Dictionary<ReceivedMessage, TimeSpan> _deferred = [];
    private readonly HashSet<ReceivedMessage> _waiting = [];

    internal BatchOutcome(IReadOnlyList<ReceivedMessage> messages)
    {
        _messages = messages;
        _delivered = new List<ReceivedMessage>(messages.Count);
    }

    /// <summary>The messages.</summary>
    internal IReadOnlyList<ReceivedMessage> Messages => _messages;

    /// <summary>Messages of which everything was delivered.</summary>
    public IReadOnlyList<ReceivedMessage> Delivered => _delivered;

    /// <summary>Messages that can never be delivered, each with the reason.</summary>
    public IReadOnlyList<DeadLetter> DeadLetters => _deadLetters;

    /// <summary>Messages that are to be tried again.</summary>
    public IReadOnlyList<ReceivedMessage> Failed =>
        _delivered.Count + _deadLetters.Count == _messages.Count ? [] : [.. _messages.Except(_delivered).Except(_dead)];

    /// <summary>
    /// Those of <see cref="Failed"/> with which something is wrong. The others are parts of pushes that are not whole yet, or wait for their turn.
    /// </summary>
    public IReadOnlyList<ReceivedMessage> Failures => _waiting.Count + _deferred.Count == 0
        ? Failed
        : [.. Failed.Where(message => !_waiting.Contains(message) && !_deferred.ContainsKey(message))];

    /// <summary>Number of messages that were not tried, because older ones have their turn.</summary>
    public int Deferred => _deferred.Count;

    /// <summary>The time up to which samples may be sent now, milliseconds since the Unix epoch.</summary>
    internal long LatestMs { get; set; } = long.MaxValue;

    /// <summary>Why messages failed; null when none did, or when the time was up.</summary>
    public string? FailureReason { get; internal set; }

    /// <summary>How long a message that has failed stays hidden.</summary>
    public TimeSpan DelayOf(ReceivedMessage message, DateTimeOffset now) =>
        _deferred.TryGetValue(message, out var delay) ? delay : RedeliveryDelay.Of(message.AgeAt(now));

    /// <summary>Whether the message waits for its turn.</summary>
    internal bool IsDeferred(ReceivedMessage message) => _deferred.ContainsKey(message);

    /// <summary>Whether the message is a dead letter.</summary>
    internal bool IsSettled(ReceivedMessage message) => _dead.Contains(message);

    /// <summary>Whether the message is a part of a push that is not whole yet.</summary>
    internal bool IsWaiting(ReceivedMessage message) => _waiting.Contains(message);

    /// <summary>Notes which messages of a batch that was applied are parts that wait for others.</summary>
    internal void NoteWaiting(DeliveryBatch batch, IReadOnlyList<(int Push, string Reason)> waiting)
    {
        if (_waiting.Count > 0)
        {
            _waiting.ExceptWith(batch.PushOwners.Select(owner => batch[owner]));
        }

        foreach (var (push, _) in waiting)
        {
            _waiting.Add(batch[batch.PushOwners[push]]);
        }
    }

    internal void Deliver(ReceivedMessage message) => _delivered.Add(message);

    internal void Defer(ReceivedMessage message, TimeSpan delay) => _deferred.Add(message, delay);

    internal void Reject(ReceivedMessage message, PushError reason)
    {
        if (_dead.Add(message))
        {
            _deadLetters.Add(new DeadLetter(message, reason));
        }
    }
}
