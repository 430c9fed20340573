using PushGateway.Groups;

namespace PushGateway.Embedded;

/// <summary>Removes completed messages and writes the group state that they led to, in one transaction.</summary>
internal sealed class CheckpointRequest(IReadOnlyList<IdRun> completed, GroupStateChanges changes, MemoryGroupStore groups) : WriteRequest
{
    public override void Execute(WriterSession session)
    {
        // The messages are removed first: on a full disk, that makes room for the state.
        foreach (var run in completed)
        {
            session.DeleteMessages(run);
        }

        groups.Write(changes, session);
    }
}
