using System.Globalization;
using System.Text;

namespace PushGateway.Testing;

/// <summary>The real Prometheus Pushgateway, in memory. The gateway is compared with it.</summary>
public sealed class RealPushgateway : IAsyncDisposable
{
    readonly HttpServer _server;

    RealPushgateway(HttpServer server) => _server = server;

    /// <summary>The server's root, with a slash at the end.</summary>
    public Uri Address => _server.Address;

    /// <summary>A client whose base address is the server's. This object owns it.</summary>
    public HttpClient Client => _server.Client;

    /// <summary>The process, for its id, state and output.</summary>
    public ChildProcess Process => _server.Process;

    /// <summary>Starts an empty Pushgateway and waits until it is ready. Skips the test when there is none.</summary>
    /// <param name="arguments">More command-line arguments, such as <c>--web.enable-admin-api</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<RealPushgateway> StartAsync(
        IReadOnlyList<string>? arguments = null, CancellationToken cancellationToken = default)
    {
        var executable = await RealComponents.RequireAsync(RealComponents.Pushgateway);
        var port = FreePort.Next();
        var start = new ChildProcessStart(
            executable,
            [
                "--persistence.file=",
                string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"),
                .. arguments ?? [],
            ]);
        return new RealPushgateway(await HttpServer.StartAsync(start, port, "-/ready", cancellationToken));
    }

    /// <summary>Sends a push. The caller owns the answer and checks it.</summary>
    /// <param name="method">PUT, POST or DELETE.</param>
    /// <param name="path">The escaped path without a leading slash: <c>metrics/job/backup</c>.</param>
    /// <param name="text">The body in the text format; no body when null.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public async Task<HttpResponseMessage> PushAsync(
        HttpMethod method, string path, string? text, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (text is not null)
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        return await Client.SendAsync(request, cancellationToken);
    }

    /// <summary>Returns the exposition that a scrape gets.</summary>
    public Task<string> ScrapeAsync(CancellationToken cancellationToken = default) =>
        Client.GetStringAsync(new Uri("metrics", UriKind.Relative), cancellationToken);

    /// <summary>Kills the server.</summary>
    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
