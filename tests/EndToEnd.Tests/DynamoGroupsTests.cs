using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests;

/// <summary>Worker keeps groups in DynamoDB: what ends is gone from Prometheus at once, and Api shows what is there.</summary>
public sealed class DynamoGroupsTests(DynamoGroupsToPrometheus servers) : IClassFixture<DynamoGroupsToPrometheus>
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_series_that_a_replace_drops_is_gone_at_once_and_so_is_a_deleted_group()
    {
        await servers.StartAsync();
        var group = Group(servers.Pipeline, "job/replaced/instance/db1");
        await PushAsync("PUT", group, "kept 1\ndropped{x=\"y\"} 2\n");
        await WaitForValuesAsync("{job=\"replaced\",__name__!~\"push_.*\"}", "1", "2");

        await PushAsync("PUT", group, "kept 3\n");
        await WaitForValuesAsync("{job=\"replaced\",__name__!~\"push_.*\"}", "3");
        var pushed = Assert.Single(await servers.Prometheus.QueryAsync("push_time_seconds{job=\"replaced\"}", cancellationToken: Cancellation));
        Assert.Equal("db1", pushed["instance"]);
        var exposed = await servers.Pipeline.Api.Client.GetStringAsync(new Uri("metrics", UriKind.Relative), Cancellation);
        Assert.Contains("\nkept{instance=\"db1\",job=\"replaced\"} 3\n", exposed, StringComparison.Ordinal);
        Assert.DoesNotContain("dropped", exposed, StringComparison.Ordinal);

        await PushAsync("DELETE", group);
        await WaitForValuesAsync("{job=\"replaced\"}");
        exposed = await servers.Pipeline.Api.Client.GetStringAsync(new Uri("metrics", UriKind.Relative), Cancellation);
        Assert.DoesNotContain("job=\"replaced\"", exposed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_group_is_gone_once_its_time_to_live_has_passed()
    {
        await servers.StartAsync();
        await servers.Pipeline.Queue.SendAsync(
            "short_lived 1\n",
            new Dictionary<string, string> { ["Content-Type"] = "text/plain", ["Push-Group"] = "job/short", ["Push-TTL"] = "3s" },
            Cancellation);

        await servers.Prometheus.Api.WaitForAsync("short_lived", 1);
        await WaitForValuesAsync("{job=\"short\"}");
    }

    [Fact]
    public async Task A_push_in_several_messages_takes_effect_as_a_whole()
    {
        const int pushes = 10;
        const int series = 1000;
        await servers.StartAsync();
        var table = new GroupsTable(servers.Dynalite);
        await table.CreateAsync();
        var small = new Dictionary<string, string>(table.ProcessEnvironment) { ["PUSHGATEWAY_MAX_MESSAGE_BYTES"] = "20000" };
        await using var pipeline = await SqsPipeline.StartAsync(servers.Fauxqs.Sqs, FauxqsToPrometheus.RemoteWriteTo(servers.Prometheus), small);
        for (var push = 1; push <= pushes; push++)
        {
            await PutAsync(pipeline, "job/cut", $"only_{push} 1\n" + string.Concat(Enumerable.Range(0, series).Select(i => $"cut{{i=\"{i}\"}} {push}\n")));
        }

        await WaitForValuesAsync($"count(cut == {pushes})", $"{series}");
        await WaitForValuesAsync("{__name__=~\"only_.*\"}", "1");
        Assert.Single(await servers.Prometheus.QueryAsync($"only_{pushes}", cancellationToken: Cancellation));

        // The first part of a push whose others never came.
        await pipeline.Queue.SendAsync(
            "late 1\n",
            new Dictionary<string, string>
            {
                ["Content-Type"] = "text/plain",
                ["Push-Group"] = "job/cut",
                ["Push-Operation"] = "replace",
                ["Push-Part"] = "1/2",
                ["Push-Time"] = $"{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}000000",
            },
            Cancellation);
        await Poll.UntilAsync(
            async token => await pipeline.Queue.CountAsync(token) is { Total: 1, Visible: 0 }, "the part to have come to Worker", Deadlines.Delivery, Cancellation);
        var exposed = await pipeline.Api.Client.GetStringAsync(new Uri("metrics", UriKind.Relative), Cancellation);
        Assert.Contains($"\ncut{{i=\"1\",instance=\"\",job=\"cut\"}} {pushes}\n", exposed, StringComparison.Ordinal);
        Assert.DoesNotContain("late", exposed, StringComparison.Ordinal);
        Assert.Equal(0, (await pipeline.DeadLetters.CountAsync(Cancellation)).Total);
    }

    [Fact]
    public async Task All_series_of_a_group_that_is_larger_than_an_item_change_their_names()
    {
        const int series = 14_000;
        await servers.StartAsync();
        var table = new GroupsTable(servers.Dynalite);
        await table.CreateAsync();
        await using var pipeline = await SqsPipeline.StartAsync(
            servers.Fauxqs.Sqs, FauxqsToPrometheus.RemoteWriteTo(servers.Prometheus), table.ProcessEnvironment);
        var random = new Random(7);
        foreach (var name in (string[])["before", "after"])
        {
            await PutAsync(pipeline, "job/renamed", string.Concat(Enumerable.Range(0, series).Select(i =>
                $"{name}_{i}{{run=\"{random.NextInt64():x16}{random.NextInt64():x16}\"}} 1\n")));
            await WaitForValuesAsync($"count({{job=\"renamed\",__name__=~\"{name}_.*\"}})", $"{series}");
        }

        await WaitForValuesAsync("count({job=\"renamed\",__name__=~\"before_.*\"})");
        var exposed = await pipeline.Api.Client.GetStringAsync(new Uri("metrics", UriKind.Relative), Cancellation);
        Assert.Equal(series, exposed.Split("\nafter_").Length - 1);
        Assert.DoesNotContain("\nbefore_", exposed, StringComparison.Ordinal);
        Assert.Equal(0, (await pipeline.DeadLetters.CountAsync(Cancellation)).Total);
    }

    [Fact]
    public async Task While_DynamoDB_is_gone_pushes_to_groups_wait_and_others_arrive()
    {
        await servers.StartAsync();
        await using var dynalite = await Dynalite.StartAsync(Cancellation);
        var table = new GroupsTable(dynalite);
        await dynalite.KillAsync();

        // So short that what could not be applied comes again while the test waits.
        await using var pipeline = await SqsPipeline.StartAsync(
            servers.Fauxqs.Sqs,
            FauxqsToPrometheus.RemoteWriteTo(servers.Prometheus),
            table.ProcessEnvironment,
            visibilityTimeout: TimeSpan.FromSeconds(2));
        await PushAsync("PUT", Group(pipeline, "job/waiting"), "waiting 1\n");
        await PushAsync("POST", new Uri(pipeline.Api.BaseAddress, "metrics").AbsoluteUri, "not_waiting 1\n");
        await servers.Prometheus.Api.WaitForAsync("not_waiting", 1);
        await pipeline.Worker.Process.WaitForLineAsync("1 messages could not be delivered and stay on the queue: DynamoDB cannot be reached", cancellationToken: Cancellation);
        Assert.Empty(await servers.Prometheus.QueryAsync("waiting", cancellationToken: Cancellation));
        using var unavailable = await pipeline.Api.Client.GetAsync(new Uri("metrics", UriKind.Relative), Cancellation);
        Assert.Equal(503, (int)unavailable.StatusCode);

        await dynalite.StartAgainAsync(Cancellation);
        await table.CreateAsync();

        await servers.Prometheus.Api.WaitForAsync("waiting", 1);
        Assert.Equal(0, (await pipeline.DeadLetters.CountAsync(Cancellation)).Total);
    }

    static string Group(SqsPipeline pipeline, string path) => new Uri(pipeline.Api.BaseAddress, "metrics/" + path).AbsoluteUri;

    static async Task PushAsync(string method, string url, string? body = null) => Assert.Equal(
        202, (await Curl.RunAsync(["--request", method, url, .. body is null ? Array.Empty<string>() : ["--data", body]])).Status);

    static async Task PutAsync(SqsPipeline pipeline, string path, string body)
    {
        using var content = new StringContent(body);
        using var answer = await pipeline.Api.Client.PutAsync(new Uri("metrics/" + path, UriKind.Relative), content, Cancellation);
        Assert.Equal(202, (int)answer.StatusCode);
    }

    // What an instant query finds now: for five minutes it finds a series that has just stopped, too.
    async Task WaitForValuesAsync(string selector, params string[] values) => await Poll.UntilAsync(
        async token => (await servers.Prometheus.QueryAsync(selector, cancellationToken: token))
            .Select(series => series.Samples[0].Value).Order(StringComparer.Ordinal).ToList(),
        found => found.SequenceEqual(values),
        $"{selector} to be [{string.Join(", ", values)}]",
        Deadlines.Delivery,
        Cancellation);
}
