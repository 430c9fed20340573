using PushGateway.Queue;

namespace PushGateway.Embedded;

/// <summary>Moves messages to the dead letters, and deletes dead letters that are older than the retention.</summary>
internal sealed class DeadLetterRequest(IReadOnlyList<DeadLetter> letters, long diedMs, long retentionMs) : WriteRequest
{
    public override void Execute(WriterSession session)
    {
        Added = -session.ForgetDeadLetters(diedMs - retentionMs);
        foreach (var letter in letters)
        {
            Added += session.MoveToDeadLetters(IdRuns.IdOf(letter.Message), letter.Reason.Code, letter.Reason.Detail, diedMs);
        }
    }

    /// <summary>The change in the number of dead letters. A message that is no longer in the queue was not moved.</summary>
    public int Added { get; private set; }
}
