namespace PushGateway.Embedded.Tests;

/// <summary>Runs a statement on the connection that writes.</summary>
internal sealed class SqlRequest(string sql) : WriteRequest
{
    public long Result { get; private set; }

    public override void Execute(WriterSession session)
    {
        using var statement = new Statement(session.Connection, sql);
        Result = statement.RunScalar();
    }
}
