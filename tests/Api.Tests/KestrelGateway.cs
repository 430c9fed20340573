using System.Net;

namespace PushGateway.Api.Tests;

/// <summary>The gateway in this process behind Kestrel on a free port: request targets as they were sent, real chunks, real HEAD.</summary>
public class KestrelGateway : GatewayFactory
{
    // Not by a port: the factory would set it while the program, which does not wait, may already be starting the server.
    public KestrelGateway() => UseKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
}
