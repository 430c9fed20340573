using System.Globalization;

namespace PushGateway.Testing;

/// <summary>
/// The moto SQS emulator: a second opinion where the machine has it. It hands a message to several concurrent
/// consumers now and then, as SQS may.
/// </summary>
public sealed class MotoServer : IAsyncDisposable
{
    const string Program = "moto_server";

    readonly HttpServer _server;

    MotoServer(HttpServer server)
    {
        _server = server;
        Sqs = new SqsEndpoint(server.Address);
    }

    /// <summary>
    /// Whether this machine has it. It is optional even where the other components are required: ask before
    /// <see cref="StartAsync"/>, and choose <see cref="Fauxqs"/> otherwise.
    /// </summary>
    public static bool IsAvailable => ExecutablePath.Find(Program) is not null;

    /// <summary>The address for <c>ServiceURL</c> or <c>AWS_ENDPOINT_URL_SQS</c>.</summary>
    public Uri ServiceUrl => Sqs.ServiceUrl;

    /// <summary>Queues and clients.</summary>
    public SqsEndpoint Sqs { get; }

    /// <summary>The process, for its id, state and output.</summary>
    public ChildProcess Process => _server.Process;

    /// <summary>Starts an emulator without queues. Skips the test when there is no moto_server.</summary>
    public static async Task<MotoServer> StartAsync(CancellationToken cancellationToken = default)
    {
        var port = FreePort.Next();
        var start = new ChildProcessStart(
            RealComponents.RequireOnPath(Program),
            "-H", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture));
        return new MotoServer(await HttpServer.StartAsync(start, port, "moto-api/data.json", cancellationToken));
    }

    /// <summary>Kills the emulator; its queues are gone.</summary>
    public async ValueTask DisposeAsync()
    {
        Sqs.Dispose();
        await _server.DisposeAsync();
    }
}
