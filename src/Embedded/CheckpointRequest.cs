using PushGateway.Groups;
using PushGateway.Queue;

namespace PushGateway.Embedded;

/// <summary>
/// Removes completed messages, moves others to the dead letters, and writes changed group state, in one transaction. Messages that are no
/// longer in the queue are passed over.
/// </summary>
internal sealed class CheckpointRequest(GroupStateChanges changes, MemoryGroupStore groups) : WriteRequest
{
    public IReadOnlyList<IdRun> Completed { get; init; } = [];

    public IReadOnlyList<UnreadableRow> Unreadable { get; init; } = [];

    public IReadOnlyList<DeadLetter> DeadLetters { get; init; } = [];

    public override void Execute(WriterSession session)
    {
        // The messages are removed first: on a full disk, that makes room for the state.
        foreach (var run in Completed)
        {
            session.DeleteMessages(run);
        }

        foreach (var message in Unreadable)
        {
            session.SetMessageAside(message);
        }

        foreach (var letter in DeadLetters)
        {
            session.MoveToDeadLetters(IdRuns.IdOf(letter.Message), letter.Reason.Code, letter.Reason.Detail);
        }

        groups.Write(changes, session);
    }
}
