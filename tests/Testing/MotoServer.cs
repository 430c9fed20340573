using System.Globalization;

namespace PushGateway.Testing;

/// <summary>
/// The moto emulator of AWS. Of SQS and DynamoDB it is a second opinion where the machine has it; of Secrets Manager and Parameter Store the
/// only one. It hands a message to several concurrent consumers now and then, as SQS may.
/// </summary>
public sealed class MotoServer : IAsyncDisposable
{
    const string Program = "moto_server";

    readonly HttpServer _server;

    MotoServer(HttpServer server)
    {
        _server = server;
        Sqs = new SqsEndpoint(server.Address);
        Secrets = new SecretsEndpoint(server.Client);
    }

    /// <summary>
    /// Whether this machine has it. Where there is another emulator, it is optional even where the other components are required: ask before
    /// <see cref="StartAsync"/>, and choose <see cref="Fauxqs"/> otherwise.
    /// </summary>
    public static bool IsAvailable => ExecutablePath.Find(Program) is not null;

    /// <summary>The address for <c>ServiceURL</c> or <c>AWS_ENDPOINT_URL_SQS</c>.</summary>
    public Uri ServiceUrl => Sqs.ServiceUrl;

    /// <summary>Queues and clients.</summary>
    public SqsEndpoint Sqs { get; }

    /// <summary>Secrets and parameters.</summary>
    public SecretsEndpoint Secrets { get; }

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

    /// <summary>SIGKILL. Returns when the process is gone, and all that it held.</summary>
    public Task KillAsync() => _server.Process.KillAsync();

    /// <summary>Starts the killed emulator at the same address, empty.</summary>
    public Task StartAgainAsync(CancellationToken cancellationToken = default) => _server.StartAgainAsync(cancellationToken);

    /// <summary>Kills the emulator; its queues are gone.</summary>
    public async ValueTask DisposeAsync()
    {
        Sqs.Dispose();
        await _server.DisposeAsync();
    }
}
