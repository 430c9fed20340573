using System.Text;
using System.Text.RegularExpressions;
using PushGateway.Testing;

namespace PushGateway.EndToEnd.Tests.Conformance;

/// <summary>Runs cases against servers.</summary>
static partial class CaseRunner
{
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
            else
            {
                results.Add(one.Name, await RunAsync(shared, one, cancellationToken));
            }
        }

        var version = BuildVersion().Match(await shared.ScrapeAsync(cancellationToken)).Groups[1].Value;
        return new GoldenFile(version, results);
    }

    /// <summary>Against one gateway, poison and all.</summary>
    internal static async Task<IReadOnlyDictionary<string, ConformanceResult>> RunAsync(
        GatewayProcess gateway, IReadOnlyList<ConformanceCase> cases, CancellationToken cancellationToken)
    {
        var answers = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var one in cases)
            answers.Add(one.Name, await SendAsync(gateway.BaseAddress, one, cancellationToken));

        // The embedded queue is delivered in order: once this is there, so is everything before it.
        const string last = "conformance_ends_here";
        using var content = new ByteArrayContent(Encoding.ASCII.GetBytes($"{last} 1\n"));
        using var answer = await gateway.Client.PutAsync(new Uri($"metrics/job/{last}", UriKind.Relative), content, cancellationToken);
        answer.EnsureSuccessStatusCode();
        var scrape = await Poll.UntilAsync(
            token => gateway.Client.GetStringAsync(new Uri("metrics", UriKind.Relative), token),
            page => page.Contains($"\n{last}{{", StringComparison.Ordinal),
            "the last push to be exposed",
            Deadlines.Delivery,
            cancellationToken);
        return cases.ToDictionary(one => one.Name, one => new ConformanceResult(answers[one.Name], ExposedState.Read(scrape, one.Token)));
    }

    static async Task<ConformanceResult> RunAsync(RealPushgateway pushgateway, ConformanceCase one, CancellationToken cancellationToken)
    {
        var answers = await SendAsync(pushgateway.Address, one, cancellationToken);
        using var scrape = await pushgateway.Client.GetAsync(new Uri("metrics", UriKind.Relative), cancellationToken);
        return new ConformanceResult(
            answers,
            scrape.IsSuccessStatusCode
                ? ExposedState.Read(await scrape.Content.ReadAsStringAsync(cancellationToken), one.Token)
                : [$"GET /metrics is answered {(int)scrape.StatusCode}"]);
    }

    static async Task<IReadOnlyList<string>> SendAsync(Uri server, ConformanceCase one, CancellationToken cancellationToken)
    {
        var answers = new List<string>();
        foreach (var request in one.Requests)
        {
            await using var connection = await RawHttp.ConnectAsync(server, cancellationToken);
            await connection.SendAsync(request.ToArray(), cancellationToken);
            answers.Add(AnswerReader.Read(request, await connection.ReadRestBytesAsync(cancellationToken)));
        }

        return answers;
    }

    [GeneratedRegex("^pushgateway_build_info\\{.*version=\"([^\"]+)\"", RegexOptions.Multiline)]
    private static partial Regex BuildVersion();
}
