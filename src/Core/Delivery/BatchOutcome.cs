using PushGateway.Push;
using PushGateway.Queue;

namespace PushGateway.Delivery;

/// <summary>
/// What became of a batch of messages. It begins with every message failed, and only a proof of delivery or of refusal
/// changes that: whatever goes wrong in between, an undelivered message stays on the queue.
/// </summary>
public sealed class BatchOutcome
{
    private readonly IReadOnlyList<ReceivedMessage> _messages;
    private readonly bool[] _settled;
    private readonly bool[] _kept;
    private string? _keptReason;
    private readonly List<ReceivedMessage> _delivered;
    private readonly List<DeadLetter> _deadLetters = [];

    internal BatchOutcome(IReadOnlyList<ReceivedMessage> messages)
    {
        _messages = messages;
        _settled = new bool[messages.Count];
        _kept = new bool[messages.Count];
        _delivered = new List<ReceivedMessage>(messages.Count);
    }

    /// <summary>Messages of which everything was delivered.</summary>
    public IReadOnlyList<ReceivedMessage> Delivered => _delivered;

    /// <summary>Messages that can never be delivered, each with the first reason met.</summary>
    public IReadOnlyList<DeadLetter> DeadLetters => _deadLetters;

    /// <summary>Messages that are to be tried again.</summary>
    public IReadOnlyList<ReceivedMessage> Failed => [.. _messages.Where((_, i) => !_settled[i])];

    /// <summary>Why messages failed; null when none did, or when the time was up.</summary>
    public string? FailureReason
    {
        get => field ?? _keptReason;
        internal set;
    }

    internal bool IsSettled(int message) => _settled[message];

    internal void Deliver(int message)
    {
        if (TrySettle(message))
        {
            _delivered.Add(_messages[message]);
        }
    }

    internal void Reject(int message, PushError reason)
    {
        if (TrySettle(message))
        {
            _deadLetters.Add(new DeadLetter(_messages[message], reason));
        }
    }

    /// <summary>Keeps a message on the queue, whatever has become or becomes of it.</summary>
    internal void Keep(int message, string reason)
    {
        _keptReason ??= reason;
        _kept[message] = true;
        if (_settled[message])
        {
            _settled[message] = false;
            _delivered.RemoveAll(delivered => ReferenceEquals(delivered, _messages[message]));
            _deadLetters.RemoveAll(letter => ReferenceEquals(letter.Message, _messages[message]));
        }
    }

    private bool TrySettle(int message)
    {
        if (_settled[message] || _kept[message])
        {
            return false;
        }

        return _settled[message] = true;
    }
}
