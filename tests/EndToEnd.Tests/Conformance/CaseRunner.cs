using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using PushGateway.Testing;

namespace PushGateway.EndToEnd.Tests.Conformance;

/// <summary>Runs cases against servers.</summary>
static partial class CaseRunner
{
    /// <summary>The group whose push is waited for.</summary>
    const string Last = "conformance_settles";

    static int _settled;

    /// <summary>Against real Pushgateways: one for all cases, but for the poisonous, which have one each.</summary>
    internal static async Task<GoldenFile> RecordAsync(IReadOnlyList<ConformanceCase> cases, CancellationToken cancellationToken)
    {
        await using var shared = await RealPushgateway.StartAsync(cancellationToken: cancellationToken);
        var results = new Dictionary<string, ConformanceResult>();
        foreach (var one in cases)
        {
            if (one.IsPoison)
            {
                await using var own = await RealPushgateway.StartAsync(cancellationToken: cancellationToken);
                results.Add(one.Name, await RunAsync(own, one, cancellationToken));
            }
            else if (one.IsLifecycle)
            {
                await using var own = await RealPushgateway.StartAsync(["--web.enable-lifecycle"], cancellationToken);
                results.Add(one.Name, await EndAsync(own.Address, own.Process, one, cancellationToken));
            }
            else
            {
                results.Add(one.Name, await RunAsync(shared, one, cancellationToken));
            }
        }

        var version = BuildVersion().Match(await shared.ScrapeAsync(cancellationToken)).Groups[1].Value;
        return new GoldenFile(version, results);
    }

    /// <summary>Against one gateway, poison and all, but for cases that end it.</summary>
    internal static async Task<IReadOnlyDictionary<string, ConformanceResult>> RunAsync(
        GatewayProcess gateway, IReadOnlyList<ConformanceCase> cases, CancellationToken cancellationToken)
    {
        var answers = new Dictionary<string, IReadOnlyList<string>>();
        var ended = new Dictionary<string, ConformanceResult>();
        foreach (var one in cases)
        {
            if (one.IsLifecycle)
                ended.Add(one.Name, await EndAsync(one, cancellationToken));
            else
                answers.Add(one.Name, await SendAsync(gateway.BaseAddress, one, () => SettleAsync(gateway, cancellationToken), cancellationToken));
        }

        await SettleAsync(gateway, cancellationToken);
        // Not the page on which the last push was seen: a group may be read before a push, and another one after a later push.
        var scrape = await ScrapeAsync(gateway, cancellationToken);
        return cases.ToDictionary(
            one => one.Name,
            one => ended.TryGetValue(one.Name, out var result) ? result : new ConformanceResult(answers[one.Name], ExposedState.Read(scrape, one.Token)));
    }

    static async Task<ConformanceResult> EndAsync(ConformanceCase one, CancellationToken cancellationToken)
    {
        await using var own = await GatewayProcess.StartAsync(
            new Dictionary<string, string> { ["PUSHGATEWAY_ENABLE_LIFECYCLE"] = "true" }, cancellationToken: cancellationToken);
        return await EndAsync(own.BaseAddress, own.Process, one, cancellationToken);
    }

    static async Task<ConformanceResult> EndAsync(Uri server, ChildProcess process, ConformanceCase one, CancellationToken cancellationToken)
    {
        var answers = await SendAsync(server, one, () => Task.CompletedTask, cancellationToken);
        return new ConformanceResult(answers, [$"the process ends with {await process.WaitForExitAsync(Deadlines.Shutdown)}"]);
    }

    // The embedded queue is delivered in order: once this is there, so is everything before it.
    static async Task SettleAsync(GatewayProcess gateway, CancellationToken cancellationToken)
    {
        var value = Interlocked.Increment(ref _settled).ToString(CultureInfo.InvariantCulture);
        using var content = new ByteArrayContent(Encoding.ASCII.GetBytes($"{Last} {value}\n"));
        using var answer = await gateway.Client.PutAsync(new Uri($"metrics/job/{Last}", UriKind.Relative), content, cancellationToken);
        answer.EnsureSuccessStatusCode();
        await Poll.UntilAsync(
            token => ScrapeAsync(gateway, token),
            page => page.Contains($"\n{Last}{{instance=\"\",job=\"{Last}\"}} {value}\n", StringComparison.Ordinal),
            "the last push to be exposed",
            Deadlines.Delivery,
            cancellationToken);
    }

    static Task<string> ScrapeAsync(GatewayProcess gateway, CancellationToken cancellationToken) =>
        gateway.Client.GetStringAsync(new Uri("metrics", UriKind.Relative), cancellationToken);

    static async Task<ConformanceResult> RunAsync(RealPushgateway pushgateway, ConformanceCase one, CancellationToken cancellationToken)
    {
        var answers = await SendAsync(pushgateway.Address, one, SettleAsync, cancellationToken);
        await SettleAsync();
        using var scrape = await pushgateway.Client.GetAsync(new Uri("metrics", UriKind.Relative), cancellationToken);
        return new ConformanceResult(
            answers,
            scrape.IsSuccessStatusCode
                ? ExposedState.Read(await scrape.Content.ReadAsStringAsync(cancellationToken), one.Token)
                : [$"GET /metrics is answered {(int)scrape.StatusCode}"]);

        // A Pushgateway answers a deletion before it is done, and a push once it is done, and with it all that came before.
        async Task SettleAsync()
        {
            if (!one.Requests.Any(request => request.Method == "DELETE"))
                return;
            using var answer = await pushgateway.PushAsync(HttpMethod.Put, $"metrics/job/{Last}", $"{Last} 1\n", cancellationToken);
        }
    }

    static async Task<IReadOnlyList<string>> SendAsync(
        Uri server, ConformanceCase one, Func<Task> settle, CancellationToken cancellationToken)
    {
        var answers = new List<string>();
        foreach (var request in one.Requests)
        {
            if (request.IsSettled)
                await settle();
            await using var connection = await RawHttp.ConnectAsync(server, cancellationToken);
            await connection.SendAsync(request.ToArray(), cancellationToken);
            answers.Add(AnswerReader.Read(request, await connection.ReadRestBytesAsync(cancellationToken)));
        }

        return answers;
    }

    [GeneratedRegex("^pushgateway_build_info\\{.*version=\"([^\"]+)\"", RegexOptions.Multiline)]
    private static partial Regex BuildVersion();
}
