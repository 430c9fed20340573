namespace PushGateway.Push;

/// <summary>The operation of a queue message.</summary>
public enum PushOperation
{
    /// <summary>Adds samples that belong to no group.</summary>
    Append,

    /// <summary>Replaces the pushed families of its group (Pushgateway's POST).</summary>
    Merge,

    /// <summary>Replaces its whole group (Pushgateway's PUT).</summary>
    Replace,

    /// <summary>Deletes its group (Pushgateway's DELETE), or every group that a selector selects. The message holds no samples.</summary>
    Delete,

    /// <summary>Records that a push to its group was refused. The message holds no samples.</summary>
    Fail,

    /// <summary>
    /// Ends a group whose time to live has passed without a push. The push time of this message is that of the group's last push.
    /// Everything pushed until then is removed; a later push stays, even when it arrives later. The message holds no samples.
    /// </summary>
    Expire,
}
