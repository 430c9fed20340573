using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using PushGateway.Testing;

namespace PushGateway.EndToEnd.Tests.Conformance;

/// <summary>Runs cases against servers.</summary>
static partial class CaseRunner
{
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

        var scrape = await SettleAsync(gateway, cancellationToken);
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
    static async Task<string> SettleAsync(GatewayProcess gateway, CancellationToken cancellationToken)
    {
        const string last = "conformance_settles";
        var value = Interlocked.Increment(ref _settled).ToString(CultureInfo.InvariantCulture);
        using var content = new ByteArrayContent(Encoding.ASCII.GetBytes($"{last} {value}\n"));
        using var answer = await gateway.Client.PutAsync(new Uri($"metrics/job/{last}", UriKind.Relative), content, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return await Poll.UntilAsync(
            token => gateway.Client.GetStringAsync(new Uri("metrics", UriKind.Relative), token),
            page => page.Contains($"\n{last}{{instance=\"\",job=\"{last}\"}} {value}\n", StringComparison.Ordinal),
            "the last push to be exposed",
            Deadlines.Delivery,
            cancellationToken);
    }

    static async Task<ConformanceResult> RunAsync(RealPushgateway pushgateway, ConformanceCase one, CancellationToken cancellationToken)
    {
        var answers = await SendAsync(pushgateway.Address, one, () => Task.CompletedTask, cancellationToken);
        using var scrape = await pushgateway.Client.GetAsync(new Uri("metrics", UriKind.Relative), cancellationToken);
        return new ConformanceResult(
            answers,
            scrape.IsSuccessStatusCode
                ? ExposedState.Read(await scrape.Content.ReadAsStringAsync(cancellationToken), one.Token)
                : [$"GET /metrics is answered {(int)scrape.StatusCode}"]);
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
