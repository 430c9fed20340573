using System.Globalization;

namespace PushGateway.Testing;

/// <summary>
/// The real vmagent: it accepts OTLP and forwards it as remote write. With a Prometheus behind it, it stands in for the collector. Unlike
/// the collector in this project's configuration, it answers before the target has the data.
/// </summary>
public sealed class VmAgent : IAsyncDisposable
{
    readonly TempFolder _folder;
    readonly HttpServer _server;

    VmAgent(TempFolder folder, HttpServer server)
    {
        _folder = folder;
        _server = server;
    }

    /// <summary>The agent's root, with a slash at the end.</summary>
    public Uri Address => _server.Address;

    /// <summary>The URL for OTLP metrics: protobuf over HTTP.</summary>
    public Uri OtlpMetricsUrl => new(Address, "opentelemetry/v1/metrics");

    /// <summary>The value for <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, to which exporters append <c>/v1/metrics</c>.</summary>
    public Uri OtlpEndpoint => new(Address, "opentelemetry");

    /// <summary>A client whose base address is the agent's. This object owns it.</summary>
    public HttpClient Client => _server.Client;

    /// <summary>The process, for its id, state and output.</summary>
    public ChildProcess Process => _server.Process;

    /// <summary>Starts an agent and waits until it is ready. Skips the test when there is no vmagent.</summary>
    /// <param name="remoteWriteUrl">The target of the samples. It need not run yet.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<VmAgent> StartAsync(Uri remoteWriteUrl, CancellationToken cancellationToken = default)
    {
        var executable = await RealComponents.RequireAsync(RealComponents.VmAgent);
        var port = FreePort.Next();
        var folder = new TempFolder();
        try
        {
            var start = new ChildProcessStart(
                executable,
                string.Create(CultureInfo.InvariantCulture, $"-httpListenAddr=127.0.0.1:{port}"),
                $"-remoteWrite.url={remoteWriteUrl}",
                $"-remoteWrite.tmpDataPath={folder.Combine("queue")}",
                "-remoteWrite.flushInterval=50ms",
                "-remoteWrite.queues=1",
                "-remoteWrite.retryMinInterval=100ms",
                "-remoteWrite.retryMaxTime=1s",
                // Uses the protocol that every target accepts, so that the agent need not discover it by a failed request.
                "-remoteWrite.forcePromProto",
                "-memory.allowedBytes=64MiB")
            {
                WorkingDirectory = folder.FullPath,
            };
            return new VmAgent(folder, await HttpServer.StartAsync(start, port, "-/ready", cancellationToken));
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Kills the agent and deletes what it has not sent yet.</summary>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }
}
