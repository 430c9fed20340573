namespace PushGateway.Delivery;

/// <summary>What happened to a message of a batch on the way to the sink, beside being delivered.</summary>
internal struct MessageFate
{
    /// <summary>Most messages with which it is to be sent together from now on; 0 when no request with it was refused.</summary>
    public int Company;

    /// <summary>Whether a request that held nothing else was refused or failed.</summary>
    public bool IsSuspect;

    /// <summary>Whether it was not sent at all, because it waits for a held message or is suspected itself.</summary>
    public bool IsWithheld;

    /// <summary>Why it could not be sent, applied or confirmed, alone of all; null when nothing of that kind happened.</summary>
    public string? Failure;

    /// <summary>Whether the group store could not apply it.</summary>
    public bool IsUnapplied;

    /// <summary>Whether the code failed on it.</summary>
    public bool IsFault;

    /// <summary>Whether its push has ended more series than this try tells the sink.</summary>
    public bool IsUnfinished;

    /// <summary>Whether a request with samples of it may have reached the target.</summary>
    public bool WasSent;

    /// <summary>The first of its samples that have become too old for the target; null when none has.</summary>
    public string? TooOld;

    /// <summary>Number of its samples that have become too old for the target.</summary>
    public int TooOldCount;
}
