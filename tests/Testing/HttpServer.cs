using System.Globalization;

namespace PushGateway.Testing;

/// <summary>
/// A server process with its own port. It is ready when a path answers 2xx. It can be ended and started again with the same port and
/// arguments.
/// </summary>
sealed class HttpServer : IAsyncDisposable
{
    readonly ChildProcessStart _start;
    readonly string _readyPath;
    ChildProcess _process;

    HttpServer(ChildProcessStart start, ChildProcess process, int port, string readyPath)
    {
        _start = start;
        _process = process;
        _readyPath = readyPath;
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
        Client = new HttpClient { BaseAddress = Address };
    }

    internal Uri Address { get; }

    internal HttpClient Client { get; }

    internal ChildProcess Process => _process;

    internal static async Task<HttpServer> StartAsync(
        ChildProcessStart start, int port, string readyPath, CancellationToken cancellationToken)
    {
        var server = new HttpServer(start, await ChildProcess.StartAsync(start), port, readyPath);
        try
        {
            await server.WaitUntilReadyAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    internal async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        await LaunchAgainAsync();
        await WaitUntilReadyAsync(cancellationToken);
    }

    internal async Task LaunchAgainAsync()
    {
        if (!_process.HasExited)
            throw new InvalidOperationException($"{_process.Name} still runs.");
        await _process.DisposeAsync();
        _process = await ChildProcess.StartAsync(_start);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Client.Dispose();
    }

    Task WaitUntilReadyAsync(CancellationToken cancellationToken) =>
        _process.WaitUntilReadyAsync(
            async token =>
            {
                using var response = await Client.GetAsync(new Uri(_readyPath, UriKind.Relative), token);
                return response.IsSuccessStatusCode;
            },
            cancellationToken: cancellationToken);
}
