namespace PushGateway.Api.Tests;

/// <summary>A body whose length the client does not know, and so sends in chunks.</summary>
internal sealed class UnknownLengthStream(byte[] content) : MemoryStream(content)
{
    public override bool CanSeek => false;
}
