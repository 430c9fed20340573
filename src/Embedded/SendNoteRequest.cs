namespace PushGateway.Embedded;

/// <summary>Notes that samples of messages may have been sent, or takes that back.</summary>
internal sealed class SendNoteRequest(IReadOnlyList<IdRun> messages, bool isSent) : WriteRequest
{
    public override void Execute(WriterSession session)
    {
        foreach (var run in messages)
        {
            session.NoteSent(run, isSent);
        }
    }
}
