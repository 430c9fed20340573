using System.Globalization;

namespace PushGateway.Testing;

/// <summary>
/// The real Prometheus with an empty data folder, which accepts remote write. Each test needs its own server: after one sample from the
/// future, a data folder refuses current samples. The server answers 204 even when it drops samples, so query them afterwards.
/// </summary>
public sealed class PrometheusServer : IAsyncDisposable
{
    // A well-formed bcrypt hash that no test has the password of.
    const string UnusedHash = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

    readonly TempFolder _folder;
    readonly HttpServer _server;

    PrometheusServer(TempFolder folder, HttpServer server)
    {
        _folder = folder;
        _server = server;
        Api = new PrometheusApi(server.Client);
    }

    /// <summary>The server's root, with a slash at the end.</summary>
    public Uri Address => _server.Address;

    /// <summary>The URL for remote write.</summary>
    public Uri RemoteWriteUrl => new(Address, "api/v1/write");

    /// <summary>A client whose base address is the server's. This object owns it.</summary>
    public HttpClient Client => _server.Client;

    /// <summary>The query API.</summary>
    public PrometheusApi Api { get; }

    /// <summary>The process, for its id, state and output.</summary>
    public ChildProcess Process => _server.Process;

    /// <summary>Starts a server and waits until it is ready. Skips the test when there is no Prometheus.</summary>
    public static async Task<PrometheusServer> StartAsync(
        PrometheusOptions? options = null, CancellationToken cancellationToken = default)
    {
        var executable = await RealComponents.RequireAsync(RealComponents.Prometheus);
        var port = FreePort.Next();
        var folder = new TempFolder();
        try
        {
            var config = folder.Combine("prometheus.yml");
            await File.WriteAllTextAsync(config, Configuration(options ?? new()), cancellationToken);
            await File.WriteAllTextAsync(WebConfig(folder), "", cancellationToken);
            var start = new ChildProcessStart(
                executable,
                $"--config.file={config}",
                $"--web.config.file={WebConfig(folder)}",
                $"--storage.tsdb.path={folder.Combine("data")}",
                string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"),
                "--web.enable-remote-write-receiver",
                $"--enable-feature={string.Join(',', options?.Features ?? [])}")
            {
                WorkingDirectory = folder.FullPath,
            };
            return new PrometheusServer(folder, await HttpServer.StartAsync(start, port, "-/ready", cancellationToken));
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <inheritdoc cref="PrometheusApi.QueryAsync"/>
    public Task<IReadOnlyList<Series>> QueryAsync(
        string expression, DateTimeOffset? time = null, CancellationToken cancellationToken = default) =>
        Api.QueryAsync(expression, time, cancellationToken);

    /// <inheritdoc cref="PrometheusApi.QueryRangeRawAsync"/>
    public Task<IReadOnlyList<Series>> QueryRangeRawAsync(
        string selector, TimeSpan? window = null, DateTimeOffset? at = null, CancellationToken cancellationToken = default) =>
        Api.QueryRangeRawAsync(selector, window, at, cancellationToken);

    /// <inheritdoc cref="PrometheusApi.SeriesAsync"/>
    public Task<IReadOnlyList<IReadOnlyDictionary<string, string>>> SeriesAsync(
        string match, CancellationToken cancellationToken = default) =>
        Api.SeriesAsync(match, cancellationToken);

    /// <summary>Ends the server cleanly. Its port refuses connections until <see cref="StartAgainAsync"/>.</summary>
    public Task StopAsync() => _server.Process.TerminateAsync();

    /// <summary>Starts the ended server with the same port and data, and waits until it is ready.</summary>
    public Task StartAgainAsync(CancellationToken cancellationToken = default) => _server.StartAgainAsync(cancellationToken);

    /// <summary>Answers 401 to every request from now on, until <see cref="RequireNoCredentialsAsync"/>. Prometheus reads that file with each request.</summary>
    public Task RequireCredentialsAsync(CancellationToken cancellationToken) =>
        File.WriteAllTextAsync(WebConfig(_folder), $"basic_auth_users:\n  nobody: {UnusedHash}\n", cancellationToken);

    /// <summary>Takes requests again.</summary>
    public Task RequireNoCredentialsAsync(CancellationToken cancellationToken) => File.WriteAllTextAsync(WebConfig(_folder), "", cancellationToken);

    /// <summary>Kills the server and deletes its data.</summary>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    static string WebConfig(TempFolder folder) => folder.Combine("web.yml");

    static string Configuration(PrometheusOptions options)
    {
        var window = (long)options.OutOfOrderWindow.TotalMilliseconds;
        var config = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            storage:
              tsdb:
                out_of_order_time_window: {window}ms

            """);
        if (options.ScrapeTargets.Count == 0)
            return config;
        var protocols = options.ScrapeProtocol is { } protocol ? $"scrape_protocols: [{protocol}]" : "";
        return $"""
            {config}
            scrape_configs:
              - job_name: scraped
                scrape_interval: 1s
                scrape_timeout: 1s
                honor_labels: true
                {protocols}
                static_configs:
                  - targets: [{string.Join(", ", options.ScrapeTargets.Select(target => $"'{target}'"))}]

            """;
    }
}
