namespace PushGateway.Push;

/// <summary>What a queue message does.</summary>
public enum PushOperation
{
    /// <summary>Adds samples; belongs to no group.</summary>
    Append,

    /// <summary>Replaces the pushed families of its group (Pushgateway's POST).</summary>
    Merge,

    /// <summary>Replaces its whole group (Pushgateway's PUT).</summary>
    Replace,

    /// <summary>Deletes its group (Pushgateway's DELETE), or every group that a selector takes; the message holds no sample.</summary>
    Delete,

    /// <summary>Records that a push to its group was refused; the message holds no sample.</summary>
    Fail,

    /// <summary>
    /// Ends a group of which nothing more was heard for its time to live: what was pushed until the push time, which is that of the
    /// last push, goes; what was pushed later and arrives later stays. The message holds no sample.
    /// </summary>
    Expire,
}
