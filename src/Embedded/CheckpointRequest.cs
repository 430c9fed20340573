using PushGateway.Groups;

namespace PushGateway.Embedded;

/// <summary>Removes completed messages and writes the group state that they led to, together.</summary>
internal sealed class CheckpointRequest(IReadOnlyList<IdRun> completed, GroupStateChanges changes, MemoryGroupStore groups) : WriteRequest
{
    public override void Execute(WriterSession session)
    {
        // First the removal: on a full disk it makes the room that the state needs.
        foreach (var run in completed)
        {
            session.DeleteMessages(run);
        }

        groups.Write(changes, session);
    }
}
