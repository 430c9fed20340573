using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests;

/// <summary>What was answered 202 is delivered to a Prometheus with its default settings, which takes no sample that is older than another of its series.</summary>
public sealed class DefaultPrometheusTests
{
    const int GoodClients = 4;

    static readonly TimeSpan Load = TimeSpan.FromSeconds(6);

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(600, 500)]
    [InlineData(5, 0)]
    public async Task Old_samples_of_one_client_harm_no_other(int oldSamples, int pauseMs)
    {
        await using var prometheus = await PrometheusServer.StartAsync(new PrometheusOptions { OutOfOrderWindow = TimeSpan.Zero }, Cancellation);
        await using var gateway = await StartAsync(prometheus);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        end.CancelAfter(Load);
        var acknowledged = new ConcurrentBag<string>();

        await Task.WhenAll(
        [
            PushOldAsync(gateway.Client, oldSamples, TimeSpan.FromMilliseconds(pauseMs), end.Token),
            .. Enumerable.Range(0, GoodClients).Select(client => PushGoodAsync(gateway.Client, client, acknowledged, end.Token)),
        ]);

        await Poll.UntilAsync(
            async token => (await prometheus.QueryRangeRawAsync("good", cancellationToken: token)).Select(series => series["id"]).ToHashSet(),
            stored => acknowledged.All(stored.Contains),
            "every push of the good clients in Prometheus",
            Deadlines.Delivery,
            Cancellation);
        Assert.True(acknowledged.Count > 100, $"only {acknowledged.Count} good pushes were accepted");
    }

    [Fact]
    public async Task Kills_lose_nothing_of_series_that_are_pushed_again_and_again()
    {
        var kills = Environment.GetEnvironmentVariable("PUSHGATEWAY_KILLS") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) / 10 : 8;
        await using var prometheus = await PrometheusServer.StartAsync(new PrometheusOptions { OutOfOrderWindow = TimeSpan.Zero }, Cancellation);
        await using var gateway = await StartAsync(prometheus);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var acknowledged = new ConcurrentBag<double>();
        var pushing = PushRepeatedAsync(gateway.Client, acknowledged, TimeSpan.Zero, end.Token);
        for (var kill = 0; kill < kills; kill++)
        {
            var enough = acknowledged.Count + 40;
            await Poll.UntilAsync(() => acknowledged.Count >= enough, "more pushes", Deadlines.Delivery, Cancellation);
            await gateway.KillAsync();
            await gateway.LaunchAgainAsync();
        }

        await end.CancelAsync();
        await pushing;

        await WaitForRepeatedAsync(prometheus, acknowledged);
        await WaitForLineAsync(gateway, "pushgateway_dead_letters 0");
    }

    [Fact]
    public async Task An_outage_of_the_target_loses_nothing_of_series_that_are_pushed_again_and_again()
    {
        var away = TimeSpan.FromSeconds(
            Environment.GetEnvironmentVariable("PUSHGATEWAY_OUTAGE_SECONDS") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : 5);
        await using var prometheus = await PrometheusServer.StartAsync(new PrometheusOptions { OutOfOrderWindow = TimeSpan.Zero }, Cancellation);
        await using var gateway = await StartAsync(prometheus);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var acknowledged = new ConcurrentBag<double>();
        var pushing = PushRepeatedAsync(gateway.Client, acknowledged, TimeSpan.FromMilliseconds(20), end.Token);
        await prometheus.Api.WaitForAsync("repeated", 8);
        await prometheus.StopAsync();
        var back = DateTimeOffset.UtcNow + away;
        await Poll.UntilAsync(() => DateTimeOffset.UtcNow >= back, "the end of the outage", away + Deadlines.Delivery, Cancellation);
        await prometheus.StartAgainAsync(Cancellation);
        var enough = acknowledged.Count + 40;
        await Poll.UntilAsync(() => acknowledged.Count >= enough, "more pushes", Deadlines.Delivery, Cancellation);
        await end.CancelAsync();
        await pushing;

        await WaitForRepeatedAsync(prometheus, acknowledged);
        await WaitForLineAsync(gateway, "pushgateway_dead_letters 0");
    }

    [Fact]
    public async Task What_comes_out_of_order_while_the_target_is_away_is_dead_lettered_after_a_kill()
    {
        await using var prometheus = await PrometheusServer.StartAsync(new PrometheusOptions { OutOfOrderWindow = TimeSpan.Zero }, Cancellation);
        await using var gateway = await StartAsync(prometheus);
        Assert.True(await PushAsync(gateway.Client, """{"dimensions":{"i":"0"},"metrics":{"back":1}}"""));
        await prometheus.Api.WaitForAsync("back", 1);
        await prometheus.StopAsync();
        var minuteAgo = DateTimeOffset.UtcNow.AddMinutes(-1).ToUnixTimeMilliseconds();
        for (var i = 0; i < 10; i++)
        {
            Assert.True(await PushAsync(gateway.Client, $$$"""{"dimensions":{"i":"0"},"metrics":{"back":2},"timestamp":{{{minuteAgo + i}}}}"""));
        }

        await WaitForLineAsync(gateway, "pushgateway_target_up 0");
        await gateway.KillAsync();
        await prometheus.StartAgainAsync(Cancellation);
        await gateway.LaunchAgainAsync();

        await WaitForLineAsync(gateway, "pushgateway_dead_letters 10");
        Assert.Single(Assert.Single(await prometheus.QueryRangeRawAsync("back", cancellationToken: Cancellation)).Samples);
    }

    [Fact]
    public async Task What_is_pushed_while_the_target_is_away_is_shown()
    {
        await using var gateway = await GatewayProcess.StartAsync(
            new Dictionary<string, string> { ["PROMETHEUS_REMOTE_WRITE_URL"] = $"http://127.0.0.1:{FreePort.Next()}/api/v1/write" },
            cancellationToken: Cancellation);

        // Each push is shown before the next is sent, so all but the first find a request under way that fails.
        for (var value = 1; value <= 3; value++)
        {
            using var content = new StringContent($"away {value}\n");
            using var answer = await gateway.Client.PutAsync(new Uri("metrics/job/away", UriKind.Relative), content, Cancellation);
            Assert.Equal(202, (int)answer.StatusCode);
            var line = $"\naway{{instance=\"\",job=\"away\"}} {value}\n";
            await Poll.UntilAsync(
                async token => await gateway.Client.GetStringAsync(new Uri("metrics", UriKind.Relative), token),
                page => page.Contains(line, StringComparison.Ordinal),
                "the group's new value on the page",
                Deadlines.Delivery,
                Cancellation);
        }
    }

    static async Task WaitForRepeatedAsync(PrometheusServer prometheus, ConcurrentBag<double> acknowledged) => await Poll.UntilAsync(
        async token => await prometheus.QueryRangeRawAsync("repeated", cancellationToken: token),
        series => series.Count == 8 && series.All(one => acknowledged.All(Values(one).Contains)),
        "every acknowledged value of each series in Prometheus",
        Deadlines.Delivery,
        Cancellation);

    static async Task WaitForLineAsync(GatewayProcess gateway, string line) => await Poll.UntilAsync(
        async token => await gateway.Client.GetStringAsync(new Uri("metrics", UriKind.Relative), token),
        page => page.Contains($"\n{line}\n", StringComparison.Ordinal),
        $"{line} on the page of metrics",
        Deadlines.Delivery,
        Cancellation);

    static HashSet<double> Values(Series series) => [.. series.Samples.Select(sample => double.Parse(sample.Value, CultureInfo.InvariantCulture))];

    static Task<GatewayProcess> StartAsync(PrometheusServer prometheus) => GatewayProcess.StartAsync(
        new Dictionary<string, string> { ["PROMETHEUS_REMOTE_WRITE_URL"] = prometheus.RemoteWriteUrl.ToString() }, cancellationToken: Cancellation);

    // A series of its own for each push, so that each can be looked for.
    static async Task PushGoodAsync(HttpClient gateway, int client, ConcurrentBag<string> acknowledged, CancellationToken end)
    {
        for (var number = 0; !end.IsCancellationRequested; number++)
        {
            var id = $"{client}-{number}";
            if (await PushAsync(gateway, $$$"""{"dimensions":{"id":"{{{id}}}"},"metrics":{"good":{{{number}}}}}"""))
            {
                acknowledged.Add(id);
            }
        }
    }

    static async Task PushOldAsync(HttpClient gateway, int samples, TimeSpan pause, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            var next = DateTimeOffset.UtcNow + pause;
            var time = DateTimeOffset.UtcNow.AddHours(-5).ToUnixTimeMilliseconds();
            await PushAsync(gateway, "[" + string.Join(',', Enumerable.Range(0, samples).Select(
                i => $$$"""{"dimensions":{"i":"{{{i}}}"},"metrics":{"old":1},"timestamp":{{{time}}}}""")) + "]");
            await Poll.UntilAsync(() => end.IsCancellationRequested || DateTimeOffset.UtcNow >= next, "the time of the next push", Deadlines.Delivery, Cancellation);
        }
    }

    // One client, which waits for each answer. Two of its pushes never have the same millisecond.
    static async Task PushRepeatedAsync(HttpClient gateway, ConcurrentBag<double> acknowledged, TimeSpan pause, CancellationToken end)
    {
        for (var number = 1; !end.IsCancellationRequested; number++)
        {
            var body = "[" + string.Join(',', Enumerable.Range(0, 8).Select(i => $$$"""{"dimensions":{"i":"{{{i}}}"},"metrics":{"repeated":{{{number}}}}}""")) + "]";
            if (await PushAsync(gateway, body))
            {
                acknowledged.Add(number);
            }

            var next = DateTimeOffset.UtcNow.Add(pause).ToUnixTimeMilliseconds();
            await Poll.UntilAsync(
                () => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() > next, "the time of the next push", Deadlines.Delivery, Cancellation);
        }
    }

    // Whether the push was answered 202. While the process is down, there is no answer.
    static async Task<bool> PushAsync(HttpClient gateway, string body)
    {
        using var content = new StringContent(body, new MediaTypeHeaderValue("application/json"));
        try
        {
            using var response = await gateway.PostAsync(new Uri("metrics", UriKind.Relative), content, CancellationToken.None);
            return (int)response.StatusCode == 202;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
