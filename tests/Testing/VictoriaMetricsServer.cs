using System.Globalization;
using System.Text.Json;

namespace PushGateway.Testing;

/// <summary>
/// The real VictoriaMetrics with an empty data folder, as a target of OTLP and remote write. It accepts nearly everything and keeps
/// duplicate samples, so a test must never rely on it alone.
/// </summary>
public sealed class VictoriaMetricsServer : IAsyncDisposable
{
    readonly TempFolder _folder;
    readonly HttpServer _server;

    VictoriaMetricsServer(TempFolder folder, HttpServer server)
    {
        _folder = folder;
        _server = server;
        Api = new PrometheusApi(server.Client);
    }

    /// <summary>The server's root, with a slash at the end.</summary>
    public Uri Address => _server.Address;

    /// <summary>The URL for OTLP metrics: protobuf over HTTP.</summary>
    public Uri OtlpMetricsUrl => new(Address, "opentelemetry/v1/metrics");

    /// <summary>The value for <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, to which exporters append <c>/v1/metrics</c>.</summary>
    public Uri OtlpEndpoint => new(Address, "opentelemetry");

    /// <summary>The URL for remote write.</summary>
    public Uri RemoteWriteUrl => new(Address, "api/v1/write");

    /// <summary>A client whose base address is the server's. This object owns it.</summary>
    public HttpClient Client => _server.Client;

    /// <summary>The query API. It sees new samples within a second, or at once after <see cref="FlushAsync"/>.</summary>
    public PrometheusApi Api { get; }

    /// <summary>The process, for its id, state and output.</summary>
    public ChildProcess Process => _server.Process;

    /// <summary>Starts a server and waits until it is ready. Skips the test when there is no VictoriaMetrics.</summary>
    public static async Task<VictoriaMetricsServer> StartAsync(CancellationToken cancellationToken = default)
    {
        var executable = await RealComponents.RequireAsync(RealComponents.VictoriaMetrics);
        var port = FreePort.Next();
        var folder = new TempFolder();
        try
        {
            var start = new ChildProcessStart(
                executable,
                string.Create(CultureInfo.InvariantCulture, $"-httpListenAddr=127.0.0.1:{port}"),
                $"-storageDataPath={folder.Combine("data")}",
                "-retentionPeriod=1y",
                // By default, queries do not see the last 30 seconds, and the server takes most of the machine's memory.
                "-search.latencyOffset=0s",
                "-memory.allowedBytes=128MiB")
            {
                WorkingDirectory = folder.FullPath,
            };
            return new VictoriaMetricsServer(folder, await HttpServer.StartAsync(start, port, "-/ready", cancellationToken));
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Makes everything that was written visible to queries.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        using var response = await Client.GetAsync(new Uri("internal/force_flush", UriKind.Relative), cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Flushes, then returns every stored sample of the selected series.</summary>
    /// <param name="selector">A vector selector: <c>name{label="value"}</c>.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public async Task<IReadOnlyList<Series>> ExportAsync(string selector, CancellationToken cancellationToken = default)
    {
        await FlushAsync(cancellationToken);
        // Without an end, the samples of the current second would be left out.
        var end = DateTimeOffset.UtcNow.AddDays(2).ToUnixTimeSeconds();
        var query = string.Create(
            CultureInfo.InvariantCulture, $"api/v1/export?start=0&end={end}&match[]={Uri.EscapeDataString(selector)}");
        var lines = await Client.GetStringAsync(new Uri(query, UriKind.Relative), cancellationToken);
        return [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(ReadSeries)];
    }

    /// <summary>Ends the server cleanly. Its port refuses connections until <see cref="StartAgainAsync"/>.</summary>
    public Task StopAsync() => _server.Process.TerminateAsync();

    /// <summary>Starts the ended server with the same port and data, and waits until it is ready.</summary>
    public Task StartAgainAsync(CancellationToken cancellationToken = default) => _server.StartAgainAsync(cancellationToken);

    /// <summary>Kills the server and deletes its data.</summary>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    static Series ReadSeries(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        // The original text of a number is kept. Values that are not JSON numbers are strings, and NaN is null.
        var values = root.GetProperty("values").EnumerateArray().Select(value => value.ValueKind switch
        {
            JsonValueKind.Null => "NaN",
            JsonValueKind.String => value.GetString() switch
            {
                "Infinity" => "+Inf",
                "-Infinity" => "-Inf",
                var other => other!,
            },
            _ => value.GetRawText(),
        });
        var times = root.GetProperty("timestamps").EnumerateArray().Select(time => time.GetInt64());
        var samples = times.Zip(values, (time, value) => new Sample(time, value)).OrderBy(sample => sample.TimestampMs);
        return new Series(PrometheusApi.ReadLabels(root.GetProperty("metric")), [.. samples]);
    }
}
