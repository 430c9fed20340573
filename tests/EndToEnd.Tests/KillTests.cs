using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests;

/// <summary>What was answered 202 is delivered, though the process is killed again and again.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    /// <summary>How many kills; <c>eng/kill-drill.sh</c> sets it.</summary>
    const string KillsVariable = "PUSHGATEWAY_KILLS";

    const int OrdinaryKills = 12;
    const int Clients = 4;
    const int MostPushesBetweenKills = 60;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_acknowledged_push_survives_kill_9_under_load()
    {
        var kills = Environment.GetEnvironmentVariable(KillsVariable) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : OrdinaryKills;
        await using var prometheus = await PrometheusServer.StartAsync(cancellationToken: Cancellation);
        var clock = Stopwatch.StartNew();
        await using var gateway = await GatewayProcess.StartAsync(
            new Dictionary<string, string> { ["PROMETHEUS_REMOTE_WRITE_URL"] = prometheus.RemoteWriteUrl.ToString() },
            cancellationToken: Cancellation);
        var startup = clock.Elapsed;

        clock.Restart();
        var log = new PushLog();
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var clients = Enumerable.Range(0, Clients).Select(client => PushAsync(gateway.Client, client, log, stopping.Token)).ToList();
        await KillAgainAndAgainAsync(gateway, log, kills, startup);
        await stopping.CancelAsync();
        await Task.WhenAll(clients);
        var pushing = clock.Elapsed;

        Assert.Empty(log.Unexpected);
        var stored = await CheckStoredAsync(prometheus, log);
        await CheckGroupsAsync(gateway, log);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{kills} kills in {pushing.TotalSeconds:0} s: {log.Sent.Count} pushes sent, {log.Acknowledged.Count} answered 202, "
            + $"of these {log.Acknowledged.Count} found in Prometheus, each once; "
            + $"{stored - log.Acknowledged.Count} more were stored, their answers lost."));
    }

    static async Task KillAgainAndAgainAsync(GatewayProcess gateway, PushLog log, int kills, TimeSpan startup)
    {
        var random = new Random(9);
        for (var kill = 0; kill < kills; kill++)
        {
            // Now and then while it starts, when it takes up what the last one left; otherwise while it is pushed to.
            if (random.Next(8) == 0)
            {
                var instant = startup * random.NextDouble();
                var clock = Stopwatch.StartNew();
                await Poll.UntilAsync(() => clock.Elapsed >= instant, "an instant of the start", Deadlines.Delivery, Cancellation);
            }
            else
            {
                var enough = log.Acknowledged.Count + random.Next(1, MostPushesBetweenKills);
                await Poll.UntilAsync(() => log.Acknowledged.Count >= enough, "more pushes", Deadlines.Delivery, Cancellation);
            }

            await gateway.KillAsync();
            await gateway.LaunchAgainAsync();
        }

        var last = log.Acknowledged.Count;
        await Poll.UntilAsync(() => log.Acknowledged.Count > last, "a push after the last kill", Deadlines.Delivery, Cancellation);
    }

    static async Task PushAsync(HttpClient gateway, int client, PushLog log, CancellationToken stopping)
    {
        var number = 0;
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                await Poll.UntilAsync(
                    async token =>
                    {
                        var id = string.Create(CultureInfo.InvariantCulture, $"{client}-{++number}");
                        using var request = Request(id, number, log);
                        using var answer = await gateway.SendAsync(request, token);
                        log.Answer(id, (int)answer.StatusCode);
                        return true;
                    },
                    "an answer",
                    Deadlines.Delivery,
                    stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
    }

    // A series of its own for each push, so that loss and doubling show.
    static HttpRequestMessage Request(string id, int number, PushLog log)
    {
        var value = number + 0.5;
        log.Send(id, value);
        return (number % 3) switch
        {
            0 => new(HttpMethod.Post, "metrics")
            {
                Content = new StringContent(string.Create(CultureInfo.InvariantCulture, $"kill_push{{id=\"{id}\"}} {value}\n")),
            },
            1 => new(HttpMethod.Post, "metrics")
            {
                Content = new StringContent(
                    string.Create(CultureInfo.InvariantCulture, $"{{\"dimensions\":{{\"id\":\"{id}\"}},\"metrics\":{{\"kill_push\":{value}}}}}"),
                    new MediaTypeHeaderValue("application/json")),
            },
            _ => new(HttpMethod.Put, $"metrics/job/kill/id/{id}")
            {
                Content = new StringContent(string.Create(CultureInfo.InvariantCulture, $"kill_push {value}\n")),
            },
        };
    }

    static async Task<int> CheckStoredAsync(PrometheusServer prometheus, PushLog log)
    {
        var stored = await Poll.UntilAsync(
            async token => (await prometheus.QueryRangeRawAsync("kill_push", cancellationToken: token)).ToDictionary(series => series["id"]),
            series => log.Acknowledged.Keys.All(series.ContainsKey),
            "every acknowledged push in Prometheus",
            Deadlines.Delivery,
            Cancellation);
        foreach (var (id, series) in stored)
        {
            Assert.True(log.Sent.TryGetValue(id, out var value), $"{id} was never sent.");
            var sample = Assert.Single(series.Samples);
            Assert.Equal(value, double.Parse(sample.Value, CultureInfo.InvariantCulture));
        }

        return stored.Count;
    }

    static async Task CheckGroupsAsync(GatewayProcess gateway, PushLog log)
    {
        var text = await gateway.Client.GetStringAsync(new Uri("metrics", UriKind.Relative), Cancellation);
        var groups = text.Split('\n').Where(line => line.Contains("job=\"kill\"", StringComparison.Ordinal)).ToHashSet();
        foreach (var (id, value) in log.Acknowledged.Where(push => (int)push.Value % 3 == 2))
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"kill_push{{id=\"{id}\",instance=\"\",job=\"kill\"}} {value}"), groups);
    }
}
