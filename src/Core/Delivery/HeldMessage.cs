using System.Collections;
using PushGateway.Queue;

namespace PushGateway.Delivery;

/// <summary>A message that has left the fast lane. Its request was refused or failed, or it waits for another held message.</summary>
internal sealed class HeldMessage(ReceivedMessage received)
{
    /// <summary>The message.</summary>
    public ReceivedMessage Received { get; } = received;

    /// <summary>Hashes of its series that have open samples. Newer samples of these series wait.</summary>
    public int[] Series { get; set; } = [];

    /// <summary>Time of its oldest sample, milliseconds since the Unix epoch.</summary>
    public long OldestMs { get; set; }

    /// <summary>Which of its samples are settled, in their order in the message; null when none is.</summary>
    public BitArray? Settled { get; set; }

    /// <summary>
    /// Most messages with which it is sent together. It halves with every refusal, so that in the end the message at fault stands alone.
    /// </summary>
    public int Company { get; set; } = int.MaxValue;

    /// <summary>Whether a request that held nothing else was refused or failed, so that its samples are to be told apart.</summary>
    public bool IsSuspect { get; set; }

    /// <summary>Which of its samples were in a request whose outcome is not known, in their order in the message; null when none was.</summary>
    public BitArray? Unknown { get; set; }

    /// <summary>Whether a request with samples of it may have reached the target.</summary>
    public bool WasSent { get; set; }

    /// <summary>The samples that were refused in a request that held nothing else.</summary>
    public List<RefusedSample> Refused { get; } = [];

    /// <summary>The first of its samples that have become too old for the target; null when none has.</summary>
    public string? TooOld { get; set; }

    /// <summary>Number of its samples that have become too old for the target.</summary>
    public int TooOldCount { get; set; }

    /// <summary>How often in succession it could not be sent, decoded or applied.</summary>
    public int Failures { get; set; }

    /// <summary>Why the last try failed.</summary>
    public string? FailureReason { get; set; }

    /// <summary>Whether the group store has not applied it.</summary>
    public bool IsUnapplied { get; set; }

    /// <summary>Whether the code failed on it, and not the target.</summary>
    public bool IsFault { get; set; }

    /// <summary>The timestamp before which it is not tried again.</summary>
    public long NotBefore { get; set; }
}
