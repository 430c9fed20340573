namespace PushGateway.Embedded;

/// <summary>Checks whether a push could be stored, by storing one.</summary>
internal sealed class ProbeRequest(long maxBytes) : WriteRequest
{
    public override void Execute(WriterSession session)
    {
        if (!session.HasRoom(WriterSession.ProbeBytes, maxBytes))
        {
            Refuse("the queue is full");
            return;
        }

        session.Probe();
    }
}
