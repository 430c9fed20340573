namespace PushGateway.Api.Tests.Endpoints;

/// <summary>A gateway with small limits.</summary>
public sealed class LimitedGateway : KestrelGateway
{
    public const int MaxBodyBytes = 1000;
    public const int MaxDecompressedBytes = 3000;

    public LimitedGateway()
    {
        Settings["PUSHGATEWAY_MAX_BODY_BYTES"] = $"{MaxBodyBytes}";
        Settings["PUSHGATEWAY_MAX_DECOMPRESSED_BYTES"] = $"{MaxDecompressedBytes}";
    }
}
