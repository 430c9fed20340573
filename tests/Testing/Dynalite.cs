using System.Globalization;
using System.Net;

namespace PushGateway.Testing;

/// <summary>
/// The dynalite DynamoDB emulator, in memory, only on loopback. Conditional writes are atomic, items are limited to 400 KiB, and every read
/// is consistent.
/// </summary>
/// <remarks>
/// It has no transactions, PartiQL, streams and backups. Nothing expires: <c>UpdateTimeToLive</c> is an unknown operation. A failed
/// condition does not return the item. It never throttles, whatever a table's capacity is, and it accepts every signature.
/// </remarks>
public sealed class Dynalite : IAsyncDisposable
{
    /// <summary>The region that clients sign for. The emulator has the same tables in every region.</summary>
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

    /// <summary>Calls an operation of the low-level API, for tests without the SDK.</summary>
    /// <param name="operation">For example <c>PutItem</c>.</param>
    /// <param name="json">The request.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The answer, with any status. The type of an error is in <c>__type</c>.</returns>
    public async Task<(HttpStatusCode Status, string Json)> AskAsync(
        string operation, string json, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "") { Content = new StringContent(json) };
        request.Content.Headers.ContentType = new("application/x-amz-json-1.0");
        request.Headers.Add("X-Amz-Target", $"DynamoDB_20120810.{operation}");
        request.Headers.Add("X-Amz-Date", "20260101T000000Z");
        request.Headers.TryAddWithoutValidation(
            "Authorization", $"AWS4-HMAC-SHA256 Credential={Dummy}/20260101/{Region}/dynamodb/aws4_request, SignedHeaders=host, Signature=0");
        using var answer = await _server.Client.SendAsync(request, cancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellationToken));
    }

    /// <summary>Creates a table, billed per request, and waits until it can be used.</summary>
    /// <param name="name">A name that no other table has.</param>
    /// <param name="schema">The members of a <c>CreateTable</c> request that describe keys and indexes, in braces.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">The emulator refused. The message holds its answer.</exception>
    public async Task CreateTableAsync(string name, string schema, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var request = $"{{\"TableName\":\"{name}\",\"BillingMode\":\"PAY_PER_REQUEST\",{schema.Trim()[1..]}";
        var (status, json) = await AskAsync("CreateTable", request, cancellationToken);
        if (status != HttpStatusCode.OK)
            throw new InvalidOperationException(json);
        await Poll.UntilAsync(
            async token => (await AskAsync("DescribeTable", $"{{\"TableName\":\"{name}\"}}", token)).Json,
            described => described.Contains("\"TableStatus\":\"ACTIVE\"", StringComparison.Ordinal),
            $"table {name}",
            cancellationToken: cancellationToken);
    }

    /// <summary>Kills the emulator. Its port refuses connections until <see cref="StartAgainAsync"/>.</summary>
    public Task KillAsync() => _server.Process.KillAsync();

    /// <summary>Starts the ended emulator on the same port, without tables.</summary>
    public Task StartAgainAsync(CancellationToken cancellationToken = default) => _server.StartAgainAsync(cancellationToken);

    /// <summary>Kills the emulator. Its tables are lost.</summary>
    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
