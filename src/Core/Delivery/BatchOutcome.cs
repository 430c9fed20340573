using PushGateway.Limits;
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
    private readonly List<ReceivedMessage> _delivered = [];
    private readonly List<DeadLetter> _deadLetters = [];

    internal BatchOutcome(IReadOnlyList<ReceivedMessage> messages)
    {
        _messages = messages;
        _settled = new bool[messages.Count];
    }

    /// <summary>Messages of which everything was delivered.</summary>
    public IReadOnlyList<ReceivedMessage> Delivered => _delivered;

    /// <summary>Messages that can never be delivered, each with the first reason met.</summary>
    public IReadOnlyList<DeadLetter> DeadLetters => _deadLetters;

    /// <summary>Messages that are to be tried again.</summary>
    public IReadOnlyList<ReceivedMessage> Failed => [.. _messages.Where((_, i) => !_settled[i])];

    /// <summary>Why messages failed; null when none did, or when the time was up.</summary>
    public string? FailureReason { get; internal set; }

    internal bool IsSettled(int message) => _settled[message];

    internal void Deliver(int message)
    {
        if (!_settled[message])
        {
            _settled[message] = true;
            _delivered.Add(_messages[message]);
        }
    }

    internal void Reject(int message, PushError reason)
    {
        if (!_settled[message])
        {
            _settled[message] = true;
            _deadLetters.Add(new DeadLetter(_messages[message], reason));
        }
    }
}
