using PushGateway.Queue;

namespace PushGateway.Embedded;

/// <summary>Message ids as ranges. Messages that were received together usually form one range, however many they are.</summary>
internal static class IdRuns
{
    /// <summary>Adds the messages' ids. An id that follows the last range extends it.</summary>
    public static void Add(List<IdRun> runs, IReadOnlyList<ReceivedMessage> messages)
    {
        foreach (var message in messages)
        {
            var id = IdOf(message);
            if (runs.Count > 0 && runs[^1].Last + 1 == id)
            {
                runs[^1] = runs[^1] with { Last = id };
            }
            else
            {
                runs.Add(new IdRun(id, id));
            }
        }
    }

    /// <summary>Whether an id is in one of the runs, which are in order and do not overlap.</summary>
    public static bool Contain(IReadOnlyList<IdRun> runs, long id)
    {
        var (low, high) = (0, runs.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = runs[middle].Last < id ? (middle + 1, high) : (low, middle);
        }

        return low < runs.Count && runs[low].First <= id;
    }

    /// <summary>The id of a message of this queue.</summary>
    public static long IdOf(ReceivedMessage message) =>
        message.Receipt is long id ? id : throw new ArgumentException("the message was not received from this queue", nameof(message));
}
