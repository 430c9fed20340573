using PushGateway.Queue;

namespace PushGateway.Embedded;

/// <summary>Moves messages to the dead letters.</summary>
internal sealed class DeadLetterRequest(IReadOnlyList<DeadLetter> letters, long diedMs) : WriteRequest
{
    public override void Execute(WriterSession session)
    {
        Moved = 0;
        foreach (var letter in letters)
        {
            Moved += session.MoveToDeadLetters(IdRuns.IdOf(letter.Message), letter.Reason.Code, letter.Reason.Detail, diedMs);
        }
    }

    /// <summary>How many were moved: those no longer in the queue are not.</summary>
    public int Moved { get; private set; }
}
