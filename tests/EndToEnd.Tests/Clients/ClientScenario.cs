using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests.Clients;

/// <summary>
/// What every client does with every target. A series that has ended is awaited for less than the five minutes after which Prometheus
/// forgets one by itself, so that it is only ever gone because it was ended.
/// </summary>
sealed class ClientScenario(PushClient client, ClientTarget target)
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // Without what Python adds to a counter and a histogram: the time at which they were made.
    string Group => $"{{__name__=~\"batch_.+\",__name__!~\".+_created\",job=\"{client.Job}\",instance=\"host-1\"}}";

    internal async Task RunAsync()
    {
        await DoAsync(PushStep.Push);
        await WaitForGroupAsync(
            "batch_load 21.5", "batch_runs_total 3",
            "batch_duration_seconds_bucket 5", "batch_duration_seconds_count 2", "batch_duration_seconds_sum 2.5");

        await DoAsync(PushStep.Add);
        await WaitForGroupAsync(
            "batch_load 22.5", "batch_runs_total 3",
            "batch_duration_seconds_bucket 5", "batch_duration_seconds_count 2", "batch_duration_seconds_sum 2.5");

        await DoAsync(PushStep.Replace);
        await WaitForGroupAsync("batch_load -3");

        await DoAsync(PushStep.Keys);
        await WaitForKeysAsync(client.Keys);

        await DoAsync(PushStep.Delete);
        await WaitForGroupAsync();
        await WaitForKeysAsync(client.Keys);

        await DoAsync(PushStep.Forget);
        if (target.KeepsGroups)
            await WaitForKeysAsync([]);

        Assert.Equal(["21.5", "22.5", "-3"], await HistoryAsync());
    }

    async Task DoAsync(string step)
    {
        var outcome = await client.RunAsync(step, target.Gateway, target.Credential);
        Assert.True(outcome.Succeeded, $"{client.Job} failed to {step}: {outcome.Output}");
    }

    // The sum of a histogram's cumulative buckets tells where the observations are.
    async Task WaitForGroupAsync(params string[] values) => await Poll.UntilAsync(
        token => QueryAsync($"sum by (__name__) ({Group})", series => $"{series.Name} {series.Samples[0].Value}", token),
        found => target.KeepsGroups ? found.ToHashSet().SetEquals(values) : !values.Except(found).Any(),
        $"[{string.Join(", ", values)}] of {client.Job}",
        Deadlines.Delivery,
        Cancellation);

    async Task WaitForKeysAsync(IReadOnlyList<string> keys) => await Poll.UntilAsync(
        token => QueryAsync($"batch_key{{client=\"{client.Job}\"}} == 1", KeyOf, token),
        found => found.ToHashSet().SetEquals(keys),
        $"[{string.Join(", ", keys)}]",
        Deadlines.Delivery,
        Cancellation);

    async Task<List<string>> QueryAsync(string expression, Func<Series, string> describe, CancellationToken cancellationToken) =>
        [.. (await target.Prometheus.QueryAsync(expression, null, cancellationToken)).Select(describe)];

    static string KeyOf(Series series)
    {
        var labels = series.Labels
            .Where(label => label.Key is not ("__name__" or "client"))
            .OrderBy(label => label.Key, StringComparer.Ordinal)
            .Select(label => $"{label.Key}=\"{label.Value}\"");
        return $"{{{string.Join(',', labels)}}}";
    }

    // A client that works in the background and a scrape both repeat a value; neither may bring an earlier one back.
    async Task<List<string>> HistoryAsync()
    {
        var series = Assert.Single(await target.Prometheus.QueryRangeRawAsync(
            $"batch_load{{job=\"{client.Job}\",instance=\"host-1\"}}", cancellationToken: Cancellation));
        var values = series.Samples.Select(sample => sample.Value).ToList();
        return [.. values.Where((value, index) => index == 0 || value != values[index - 1])];
    }
}
