using System.Globalization;

namespace PushGateway.Testing;

/// <summary>
/// The dynalite DynamoDB emulator, in memory, on loopback only. Conditional writes are atomic, items end at 400 KiB, and
/// every answer is consistent at once.
/// </summary>
/// <remarks>
/// It lacks transactions, PartiQL, streams and backups; nothing expires (<c>UpdateTimeToLive</c> is an unknown operation),
/// and a failed condition does not return the item that failed it. It throttles nobody, whatever a table's capacity is,
/// and believes every signature.
/// </remarks>
public sealed class Dynalite : IAsyncDisposable
{
    /// <summary>The region that clients sign for. The emulator holds the same tables in every region.</summary>
    public const string Region = "us-east-1";

    const string Dummy = "test";

    readonly HttpServer _server;

    Dynalite(HttpServer server) => _server = server;

    /// <summary>The address for <c>ServiceURL</c> or <c>AWS_ENDPOINT_URL_DYNAMODB</c>.</summary>
    public Uri ServiceUrl => _server.Address;

    /// <summary>The variables with which a process reaches this emulator through the SDK's own configuration.</summary>
    public IReadOnlyDictionary<string, string> ProcessEnvironment => new Dictionary<string, string>
    {
        ["AWS_ENDPOINT_URL_DYNAMODB"] = ServiceUrl.ToString(),
        ["AWS_REGION"] = Region,
        ["AWS_ACCESS_KEY_ID"] = Dummy,
        ["AWS_SECRET_ACCESS_KEY"] = Dummy,
        ["AWS_EC2_METADATA_DISABLED"] = "true",
    };

    /// <summary>A client whose base address is the emulator's; owned by this.</summary>
    public HttpClient Client => _server.Client;

    /// <summary>The process, for its id, state and output.</summary>
    public ChildProcess Process => _server.Process;

    /// <summary>Starts an emulator without tables. Skips the test when there is no dynalite.</summary>
    public static async Task<Dynalite> StartAsync(CancellationToken cancellationToken = default)
    {
        var package = await RealComponents.RequireAsync(RealComponents.Dynalite);
        var port = FreePort.Next();
        var start = new ChildProcessStart(
            RealComponents.RequireOnPath("node"),
            RepositoryRoot.Combine("eng", "node", "dynalite.mjs"),
            package,
            port.ToString(CultureInfo.InvariantCulture))
        {
            Name = "dynalite",
        };
        return new Dynalite(await HttpServer.StartAsync(start, port, "", cancellationToken));
    }

    /// <summary>Ends the emulator at once; its port refuses connections until <see cref="StartAgainAsync"/>.</summary>
    public Task KillAsync() => _server.Process.KillAsync();

    /// <summary>Starts the ended emulator on the same port, without tables.</summary>
    public Task StartAgainAsync(CancellationToken cancellationToken = default) => _server.StartAgainAsync(cancellationToken);

    /// <summary>Kills the emulator; its tables are gone.</summary>
    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
