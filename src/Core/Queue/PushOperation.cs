namespace PushGateway.Queue;

/// <summary>What a queue message does.</summary>
public enum PushOperation
{
    /// <summary>Adds samples; belongs to no group.</summary>
    Append,

    /// <summary>Replaces the pushed families of its group (Pushgateway's POST).</summary>
    Merge,

    /// <summary>Replaces its whole group (Pushgateway's PUT).</summary>
    Replace,

    /// <summary>Deletes its group (Pushgateway's DELETE); the message holds no sample.</summary>
    Delete,
}
