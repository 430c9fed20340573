using System.Globalization;

namespace PushGateway.Testing;

/// <summary>The fauxqs SQS emulator, in memory, only on loopback.</summary>
public sealed class Fauxqs : IAsyncDisposable
{
    readonly HttpServer _server;

    Fauxqs(HttpServer server)
    {
        _server = server;
        Sqs = new SqsEndpoint(server.Address);
    }

    /// <summary>The address for <c>ServiceURL</c> or <c>AWS_ENDPOINT_URL_SQS</c>.</summary>
    public Uri ServiceUrl => Sqs.ServiceUrl;

    /// <summary>Its queues and clients.</summary>
    public SqsEndpoint Sqs { get; }

    /// <summary>The process, for its id, state and output.</summary>
    public ChildProcess Process => _server.Process;

    /// <summary>Starts an emulator without queues. Skips the test when there is no fauxqs.</summary>
    public static async Task<Fauxqs> StartAsync(CancellationToken cancellationToken = default)
    {
        var package = await RealComponents.RequireAsync(RealComponents.Fauxqs);
        var port = FreePort.Next();
        var start = new ChildProcessStart(
            RealComponents.RequireOnPath("node"),
            RepositoryRoot.Combine("eng", "node", "fauxqs.mjs"),
            package,
            port.ToString(CultureInfo.InvariantCulture))
        {
            Name = "fauxqs",
        };
        return new Fauxqs(await HttpServer.StartAsync(start, port, "health", cancellationToken));
    }

    /// <summary>Kills the emulator. Its queues are lost.</summary>
    public async ValueTask DisposeAsync()
    {
        Sqs.Dispose();
        await _server.DisposeAsync();
    }
}
