using PushGateway.Push;
using PushGateway.Queue;

namespace PushGateway.Simulation;

/// <summary>What survives a kill: the messages, the dead letters and the rows of the group store.</summary>
internal sealed class Disk
{
    public long LastId { get; set; }

    public SortedDictionary<long, (QueueMessage Message, long StoredNs)> Messages { get; } = [];

    /// <summary>The messages of which samples may have been sent.</summary>
    public HashSet<long> Sent { get; } = [];

    /// <summary>The messages that were being sent, or had been, when the process was killed, so that nobody knows whether the target has them.</summary>
    public HashSet<QueueMessage> SentAtKill { get; } = new(ReferenceEqualityComparer.Instance);

    public Dictionary<QueueMessage, PushError> DeadLetters { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>When each dead letter was written, milliseconds since the Unix epoch.</summary>
    public Dictionary<QueueMessage, long> DiedMs { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>Every message that was ever stored.</summary>
    public HashSet<QueueMessage> Accepted { get; } = new(ReferenceEqualityComparer.Instance);

    public Dictionary<long, byte[]> GroupRows { get; } = [];

    /// <summary>Whether nothing can be written now.</summary>
    public bool IsFull { get; set; }
}
