using System.Net;
using System.Net.Sockets;

namespace PushGateway.Aws.Tests.Sqs;

/// <summary>Takes connections and says nothing.</summary>
internal sealed class SilentServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public SilentServer() => _listener.Start();

    public string Url => $"http://{_listener.LocalEndpoint}";

    /// <summary>The next connection.</summary>
    public Task<Socket> AcceptAsync(CancellationToken cancellationToken) => _listener.AcceptSocketAsync(cancellationToken).AsTask();

    public void Dispose() => _listener.Dispose();
}
