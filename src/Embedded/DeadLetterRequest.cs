using PushGateway.Queue;

namespace PushGateway.Embedded;

/// <summary>Moves messages to the dead letters, and forgets those that have had their time.</summary>
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

    /// <summary>By how many there are more now. Messages no longer in the queue were not moved.</summary>
    public int Added { get; private set; }
}
