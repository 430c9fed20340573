namespace PushGateway.Api.Tests;

/// <summary>The gateway in this process behind Kestrel on a free port: request targets as they were sent, real chunks, real HEAD.</summary>
public sealed class KestrelGateway : GatewayFactory
{
    public KestrelGateway() => UseKestrel(0);
}
