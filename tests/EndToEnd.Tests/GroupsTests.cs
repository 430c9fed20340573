using System.Globalization;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests;

/// <summary>What a Pushgateway does not do with groups: many at once, an end by themselves or by their labels, times of their own.</summary>
public sealed class GroupsTests(ExtendedGateway servers) : IClassFixture<ExtendedGateway>
{
    static readonly string[] MatchedJobs = ["match_a", "match_b"];

    static readonly string[] MatchedInstances = ["", "1", "2", "3"];

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    string GroupsUrl => new Uri(servers.Gateway.BaseAddress, "api/v1/groups").AbsoluteUri;

    [Fact]
    public async Task Many_groups_of_one_request_arrive()
    {
        await servers.StartAsync();
        const int Groups = 500;
        var records = Enumerable.Range(0, Groups).Select(i => string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"group\":{{\"job\":\"many\",\"instance\":\"{i}\"}},\"dimensions\":{{\"disk\":\"a\"}},\"metrics\":{{\"groups_many\":{i}}}}}"));
        using var folder = new TempFolder();
        var file = folder.Combine("groups.json");
        await File.WriteAllTextAsync(file, $"[{string.Join(",\n", records)}]", Cancellation);
        Assert.Equal(new CurlAnswer(202, ""), await Curl.RunAsync(GroupsUrl, "--data-binary", $"@{file}"));

        var arrived = await servers.Prometheus.Api.WaitForAsync("groups_many", Groups);
        Assert.Equal(Groups, arrived.Count);
        Assert.All(arrived, series =>
        {
            Assert.Equal(("many", "a", 4), (series["job"], series["disk"], series.Labels.Count));
            Assert.Equal(series["instance"], Assert.Single(series.Samples).Value);
        });
        var pushTimes = await servers.Prometheus.Api.WaitForAsync("push_time_seconds{job=\"many\"}", Groups);
        Assert.Equal(Groups, pushTimes.Count);
    }

    [Fact]
    public async Task Replacing_many_groups_ends_what_they_had_and_merging_keeps_it()
    {
        await servers.StartAsync();
        await PushAsync("PUT", """[{"group":{"job":"again"},"metrics":{"again_a":1,"again_b":2}},{"group":{"job":"again","x":"y"},"metrics":{"again_a":3}}]""");
        await UntilAsync("{__name__=~\"again_.\"}", "again_a 1", "again_a 3", "again_b 2");

        await PushAsync("POST", """[{"group":{"job":"again"},"metrics":{"again_a":4}},{"group":{"job":"again","x":"y"},"metrics":{"again_c":5}}]""");
        await UntilAsync("{__name__=~\"again_.\"}", "again_a 3", "again_a 4", "again_b 2", "again_c 5");

        await PushAsync("PUT", """[{"group":{"job":"again"},"metrics":{"again_b":6}},{"group":{"job":"again","x":"y"},"metrics":{"again_c":7}}]""");
        await UntilAsync("{__name__=~\"again_.\"}", "again_b 6", "again_c 7");
    }

    [Theory]
    [InlineData("{job=\"match_a\"}")]
    [InlineData("{job=\"match_a\",instance!=\"2\"}")]
    [InlineData("{job!=\"match_a\",instance=\"1\"}", "{job=\"match_b\",instance=\"3\"}")]
    [InlineData("{job=\"match_a\",instance!=\"\"}")]
    [InlineData("{job=\"match_b\",instance=\"\"}")]
    public async Task Deletion_by_match_removes_what_Prometheus_selects_by_it_and_nothing_else(params string[] selectors)
    {
        await servers.StartAsync();
        var name = $"match_{Guid.NewGuid():N}";
        string[] groups =
        [
            .. from job in MatchedJobs
               from instance in MatchedInstances
               select $"{{\"job\":\"{job}\"{(instance.Length == 0 ? "" : $",\"instance\":\"{instance}\"")}}}",
        ];
        await PushAsync("PUT", $"[{string.Join(',', groups.Select(group => $"{{\"group\":{group},\"metrics\":{{\"{name}\":1}}}}"))}]");
        var all = await WaitForAsync(name, groups.Length);

        var selected = new HashSet<string>();
        foreach (var selector in selectors)
            selected.UnionWith((await servers.Prometheus.QueryAsync($"{name}{selector}", cancellationToken: Cancellation)).Select(GroupOf));
        Assert.InRange(selected.Count, 1, groups.Length - 1);
        var query = string.Join('&', selectors.Select((selector, i) => $"{(i == 0 ? "match" : "match[]")}={Uri.EscapeDataString(selector)}"));
        Assert.Equal(new CurlAnswer(202, ""), await Curl.RunAsync("--globoff", "--request", "DELETE", $"{GroupsUrl}?{query}"));

        var left = await WaitForAsync(name, groups.Length - selected.Count);
        Assert.Equal(all.Select(GroupOf).Except(selected).Order(StringComparer.Ordinal), left.Select(GroupOf).Order(StringComparer.Ordinal));
        Assert.Equal(left.Count, (await ExpositionAsync()).Split('\n').Count(line => line.StartsWith(name + "{", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_wipe_removes_everything()
    {
        await servers.StartAsync();
        await PushAsync("PUT", """[{"group":{"job":"wiped","instance":"1"},"metrics":{"wiped":1}},{"group":{"job":"wiped","instance":"2"},"metrics":{"wiped":2}}]""");
        Assert.Equal(202, (await Curl.RunAsync(new Uri(servers.Gateway.BaseAddress, "metrics").AbsoluteUri, "--data", "wiped_ungrouped 1\n")).Status);
        await UntilAsync("wiped", "wiped 1", "wiped 2");
        await UntilExpositionAsync(text => text.Contains("\nwiped_ungrouped 1", StringComparison.Ordinal), "the ungrouped series");

        var wipe = new Uri(servers.Gateway.BaseAddress, "api/v1/admin/wipe").AbsoluteUri;
        Assert.Equal(new CurlAnswer(202, ""), await Curl.RunAsync("--request", "PUT", wipe));

        await UntilAsync("push_time_seconds");
        await UntilAsync("wiped");
        await UntilExpositionAsync(
            text => !text.Contains("\nwiped", StringComparison.Ordinal) && !text.Contains("\npush_time_seconds", StringComparison.Ordinal),
            "nothing to be shown any more");
    }

    [Fact]
    public async Task A_group_goes_away_when_its_time_to_live_has_passed()
    {
        await servers.StartAsync();
        var group = new Uri(servers.Gateway.BaseAddress, "metrics/job/ttl/instance/").AbsoluteUri;
        Assert.Equal(202, (await Curl.RunAsync("--request", "PUT", group + "kept", "--data", "ttl_group 1\n")).Status);
        Assert.Equal(202, (await Curl.RunAsync("--request", "PUT", group + "ends", "--header", "X-Push-TTL: 2s", "--data", "ttl_group 2\n")).Status);
        Assert.Equal(
            202,
            (await Curl.RunAsync(GroupsUrl, "--header", "X-Push-TTL: 2500ms", "--data", """{"group":{"job":"ttl","instance":"too"},"metrics":{"ttl_group":3}}""")).Status);
        await servers.Prometheus.Api.WaitForAsync("ttl_group", 3);

        // Far sooner than the five minutes for which Prometheus looks back.
        await UntilAsync("ttl_group", "ttl_group 1");
        await UntilExpositionAsync(
            text => text.Contains("ttl_group{instance=\"kept\",job=\"ttl\"} 1\n", StringComparison.Ordinal)
                && !text.Contains("instance=\"ends\"", StringComparison.Ordinal)
                && !text.Contains("instance=\"too\"", StringComparison.Ordinal),
            "only the group without a time to live to be shown");

        Assert.Equal(202, (await Curl.RunAsync(group + "ends", "--data", "ttl_group 4\n")).Status);
        await UntilAsync("ttl_group", "ttl_group 1", "ttl_group 4");
    }

    [Fact]
    public async Task Timestamps_that_are_allowed_are_stored_and_shown()
    {
        await servers.StartAsync();
        var timestamp = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - 30_000;
        var group = new Uri(servers.Gateway.BaseAddress, "metrics/job/timed").AbsoluteUri;
        var text = string.Create(CultureInfo.InvariantCulture, $"timed 1 {timestamp}\ntimed 2 {timestamp + 1}\n");
        using var folder = new TempFolder();
        var file = folder.Combine("pushed.prom");
        await File.WriteAllTextAsync(file, text, Cancellation);
        Assert.Equal(new CurlAnswer(202, ""), await Curl.RunAsync("--request", "PUT", group, "--data-binary", $"@{file}"));

        var arrived = Assert.Single(await servers.Prometheus.Api.WaitForAsync("timed", 2));
        Assert.Equal([new Sample(timestamp, "1"), new Sample(timestamp + 1, "2")], arrived.Samples);
        var shown = string.Create(CultureInfo.InvariantCulture, $"\ntimed{{instance=\"\",job=\"timed\"}} 2 {timestamp + 1}\n");
        await UntilExpositionAsync(exposition => exposition.Contains(shown, StringComparison.Ordinal), "the last sample with its time");

        Assert.Equal(202, (await Curl.RunAsync("--request", "DELETE", group)).Status);
        await UntilAsync("timed");
    }

    // Names, values and times apart, a series here is its group.
    static string GroupOf(Series series) => $"{series["job"]}/{series["instance"]}";

    async Task PushAsync(string method, string records) =>
        Assert.Equal(new CurlAnswer(202, ""), await Curl.RunAsync("--request", method, GroupsUrl, "--data-binary", records));

    Task<IReadOnlyList<Series>> WaitForAsync(string query, int series) => Poll.UntilAsync(
        token => servers.Prometheus.QueryAsync(query, cancellationToken: token),
        found => found.Count == series,
        string.Create(CultureInfo.InvariantCulture, $"{series} series of {query}"),
        Deadlines.Delivery,
        Cancellation);

    Task<IEnumerable<string>> UntilAsync(string query, params string[] expected) => Poll.UntilAsync<IEnumerable<string>>(
        async token => (await servers.Prometheus.QueryAsync(query, cancellationToken: token))
            .Select(series => $"{series.Name} {series.Samples[0].Value}").Order(StringComparer.Ordinal),
        values => values.SequenceEqual(expected),
        $"{query} to be {(expected.Length == 0 ? "gone" : string.Join(", ", expected))}",
        Deadlines.Delivery,
        Cancellation);

    Task<string> ExpositionAsync() => servers.Gateway.Client.GetStringAsync(new Uri("metrics", UriKind.Relative), Cancellation);

    Task<string> UntilExpositionAsync(Func<string, bool> condition, string describe) =>
        Poll.UntilAsync(_ => ExpositionAsync(), condition, describe, Deadlines.Delivery, Cancellation);
}
