using PushGateway.Queue;

namespace PushGateway.Embedded;

/// <summary>Moves messages to the dead letters. Those that are no longer in the queue are passed over.</summary>
internal sealed class DeadLetterRequest(IReadOnlyList<DeadLetter> letters) : WriteRequest
{
    public override void Execute(WriterSession session)
    {
        foreach (var letter in letters)
        {
            session.MoveToDeadLetters(IdRuns.IdOf(letter.Message), letter.Reason.Code, letter.Reason.Detail);
        }
    }
}
