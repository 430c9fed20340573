namespace PushGateway.Embedded;

/// <summary>A reader has found a damaged page. When the request completes, there is a new table, or nothing can be done.</summary>
internal sealed class RescueRequest : WriteRequest
{
    public override void Execute(WriterSession session) => session.RescueAfterCommit();

    public override void OnCommitted()
    {
    }

    public override void OnMaintained() => base.OnCommitted();
}
