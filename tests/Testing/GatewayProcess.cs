using System.Globalization;

namespace PushGateway.Testing;

/// <summary>
/// The built Api as a real process. Its data folder and port stay the same over restarts. Variables of the machine that configure a
/// gateway, an SDK or an exporter are not passed to it.
/// </summary>
public sealed class GatewayProcess : IAsyncDisposable
{
    readonly TempFolder _folder;
    readonly HttpServer _server;

    GatewayProcess(TempFolder folder, HttpServer server)
    {
        _folder = folder;
        _server = server;
    }

    /// <summary>The gateway's root, with a slash at the end.</summary>
    public Uri BaseAddress => _server.Address;

    /// <summary>A client whose base address is the gateway's. This object owns it, and it stays valid over restarts.</summary>
    public HttpClient Client => _server.Client;

    /// <summary>The gateway's data folder, <c>PUSHGATEWAY_DATA_DIR</c>. Deleted on disposal.</summary>
    public string DataFolder => _folder.FullPath;

    /// <summary>The current process, or the last one.</summary>
    public ChildProcess Process => _server.Process;

    /// <summary>Starts a gateway and waits until <c>/-/ready</c> answers 2xx.</summary>
    /// <param name="environment">Its configuration.</param>
    /// <param name="arguments">More command-line arguments.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">The process ended before it was ready. The message holds its output.</exception>
    public static async Task<GatewayProcess> StartAsync(
        IReadOnlyDictionary<string, string>? environment = null,
        IReadOnlyList<string>? arguments = null,
        CancellationToken cancellationToken = default)
    {
        var port = FreePort.Next();
        var folder = new TempFolder();
        try
        {
            var start = Prepare(folder, port, environment, arguments);
            return new GatewayProcess(folder, await HttpServer.StartAsync(start, port, "-/ready", cancellationToken));
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Runs a gateway that is expected to end by itself because it cannot start.</summary>
    /// <param name="environment">Its configuration.</param>
    /// <param name="arguments">More command-line arguments.</param>
    /// <exception cref="TimeoutException">It did not end in time and was killed.</exception>
    public static async Task<ProcessResult> RunAsync(
        IReadOnlyDictionary<string, string>? environment = null, IReadOnlyList<string>? arguments = null)
    {
        using var folder = new TempFolder();
        return await ChildProcess.RunAsync(Prepare(folder, FreePort.Next(), environment, arguments), TimeSpan.FromSeconds(120));
    }

    /// <summary>Runs a command of the program, such as <c>check</c>, and waits for its end.</summary>
    /// <param name="environment">Its configuration.</param>
    /// <param name="arguments">The command and its arguments.</param>
    public static async Task<ProcessResult> RunCommandAsync(IReadOnlyDictionary<string, string> environment, params IReadOnlyList<string> arguments)
    {
        using var folder = new TempFolder();
        return await ChildProcess.RunAsync(DotnetProgram.Prepare("Api", environment, folder.FullPath, arguments), TimeSpan.FromSeconds(120));
    }

    /// <summary>Sends SIGKILL. Returns when the process is gone.</summary>
    public Task KillAsync() => _server.Process.KillAsync();

    /// <summary>Sends SIGTERM: the gateway drains and ends. Returns its exit code.</summary>
    public Task<int> StopAsync(TimeSpan? deadline = null) => _server.Process.TerminateAsync(deadline);

    /// <summary>Starts the ended gateway with the same data and port, and waits until it is ready.</summary>
    public Task StartAgainAsync(CancellationToken cancellationToken = default) => _server.StartAgainAsync(cancellationToken);

    /// <summary>Starts the ended gateway with the same data and port. It may not be ready yet when this method returns.</summary>
    public Task LaunchAgainAsync() => _server.LaunchAgainAsync();

    /// <summary>Kills the gateway and deletes its data.</summary>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    static ChildProcessStart Prepare(
        TempFolder folder, int port, IReadOnlyDictionary<string, string>? environment, IReadOnlyList<string>? arguments)
    {
        var variables = new Dictionary<string, string> { ["PUSHGATEWAY_DATA_DIR"] = folder.FullPath };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            variables[name] = value;
        var urls = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        return DotnetProgram.Prepare("Api", variables, folder.FullPath, ["--urls", urls, .. arguments ?? []]);
    }
}
