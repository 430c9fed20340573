namespace PushGateway.Queue;

/// <summary>The order of a queue that keeps it within groups of messages, as a FIFO queue of SQS does.</summary>
public static class OrderGroups
{
    /// <summary>
    /// The failed messages, and all that stand behind one of them in the same <see cref="ReceivedMessage.OrderGroup"/>. They have to be given
    /// back as well: once they are gone from the queue, it would hand out what is newer before what has failed.
    /// </summary>
    /// <param name="messages">The messages of a batch, in the order in which they were handed out.</param>
    /// <param name="failed">Those that failed.</param>
    public static HashSet<ReceivedMessage> WithThoseBehind(IReadOnlyList<ReceivedMessage> messages, IReadOnlyCollection<ReceivedMessage> failed)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var all = failed.ToHashSet();
        if (all.Count == 0)
        {
            return all;
        }

        var groups = new HashSet<string>(StringComparer.Ordinal);
        foreach (var message in messages)
        {
            if (message.OrderGroup is not { } group)
            {
                continue;
            }

            if (all.Contains(message))
            {
                groups.Add(group);
            }
            else if (groups.Contains(group))
            {
                all.Add(message);
            }
        }

        return all;
    }
}
