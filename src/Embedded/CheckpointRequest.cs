using PushGateway.Groups;

namespace PushGateway.Embedded;

/// <summary>
/// Removes completed messages, moves those that cannot be read to the dead letters, and writes changed group state, in one transaction.
/// </summary>
internal sealed class CheckpointRequest(
    IReadOnlyList<IdRun> completed, IReadOnlyList<UnreadableRow> unreadable, GroupStateChanges changes, MemoryGroupStore groups) : WriteRequest
{
    public override void Execute(WriterSession session)
    {
        // The messages are removed first: on a full disk, that makes room for the state.
        foreach (var run in completed)
        {
            session.DeleteMessages(run);
        }

        foreach (var message in unreadable)
        {
            session.SetMessageAside(message);
        }

        groups.Write(changes, session);
    }
}
