using PushGateway.Queue;

namespace PushGateway.Embedded;

/// <summary>Ids of messages as runs: a batch that was received together mostly is one run, however long.</summary>
internal static class IdRuns
{
    /// <summary>Adds the messages' ids; a run that goes on where the last one ended becomes part of it.</summary>
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

    public static long IdOf(ReceivedMessage message) =>
        message.Receipt is long id ? id : throw new ArgumentException("the message was not received from this queue", nameof(message));
}
