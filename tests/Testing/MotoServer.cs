using System.Globalization;

namespace PushGateway.Testing;

/// <summary>
/// The moto emulator of AWS. For SQS and DynamoDB it is an optional second emulator; for Secrets Manager and Parameter Store it is the only
/// one. It sometimes hands a message to several concurrent consumers, as SQS may.
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
    /// Whether this machine has it. For services with another emulator it is optional, even where the other components are required: check
    /// this before <see cref="StartAsync"/>, and otherwise use <see cref="Fauxqs"/>.
    /// </summary>
    public static bool IsAvailable => ExecutablePath.Find(Program) is not null;

    /// <summary>The address for <c>ServiceURL</c> or <c>AWS_ENDPOINT_URL_SQS</c>.</summary>
    public Uri ServiceUrl => Sqs.ServiceUrl;

    /// <summary>Its queues and clients.</summary>
    public SqsEndpoint Sqs { get; }

    /// <summary>Its secrets and parameters.</summary>
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

    /// <summary>Sends SIGKILL. Returns when the process is gone. Everything that it held is lost.</summary>
    public Task KillAsync() => _server.Process.KillAsync();

    /// <summary>Starts the killed emulator at the same address, empty.</summary>
    public Task StartAgainAsync(CancellationToken cancellationToken = default) => _server.StartAgainAsync(cancellationToken);

    /// <summary>Kills the emulator. Its queues are lost.</summary>
    public async ValueTask DisposeAsync()
    {
        Sqs.Dispose();
        await _server.DisposeAsync();
    }
}
