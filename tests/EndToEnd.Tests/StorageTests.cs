using System.Globalization;
using System.Net;
using System.Text;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests;

/// <summary>What becomes of a gateway whose files are damaged, and what <c>check</c> says of them.</summary>
public sealed class StorageTests
{
    const int Pushes = 120;
    const int PageBytes = 4096;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_damaged_page_holds_back_nothing_else()
    {
        await using var prometheus = await PrometheusServer.StartAsync(cancellationToken: Cancellation);
        await using var gateway = await GatewayProcess.StartAsync(FauxqsToPrometheus.RemoteWriteTo(prometheus), cancellationToken: Cancellation);
        await prometheus.StopAsync();
        for (var i = 0; i < Pushes; i++)
        {
            await PushAsync(gateway, Id(i));
        }

        await gateway.StopAsync();
        DamagePagesWith(Path.Combine(gateway.DataFolder, "pushgateway.db"), Id(Pushes / 2));
        var check = await CheckAsync(gateway.DataFolder);
        Assert.Equal(1, check.ExitCode);
        Assert.Contains("SQLite finds the database damaged.", check.Output, StringComparison.Ordinal);

        await prometheus.StartAgainAsync(Cancellation);
        await gateway.StartAgainAsync(Cancellation);
        await PushAsync(gateway, "new");
        var found = await Poll.UntilAsync(
            async token => (await prometheus.QueryRangeRawAsync("stored", cancellationToken: token)).Select(series => series["id"]).ToHashSet(),
            ids => ids.Contains("new") && ids.Contains(Id(0)) && ids.Contains(Id(Pushes - 1)),
            "what was pushed before and after",
            Deadlines.Delivery,
            Cancellation);

        var lost = Enumerable.Range(0, Pushes).Where(i => !found.Contains(Id(i))).ToList();
        Assert.Contains(Pushes / 2, lost);
        Assert.InRange(lost.Count, 1, 16);
        Assert.Contains(gateway.Process.StandardOutput, line => line.Contains("The storage is damaged", StringComparison.Ordinal));
        var metrics = await gateway.Client.GetStringAsync(new Uri("metrics", UriKind.Relative), Cancellation);
        Assert.Matches("pushgateway_dead_letters [1-9]", metrics);
        using var ready = await gateway.Client.GetAsync(new Uri("-/ready", UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
    }

    [Fact]
    public async Task A_damaged_log_is_refused_and_a_killed_gateway_passes_the_check()
    {
        await using var gateway = await GatewayProcess.StartAsync(cancellationToken: Cancellation);
        await PushAsync(gateway, "one");
        var running = await CheckAsync(gateway.DataFolder);
        Assert.Equal(1, running.ExitCode);
        Assert.Contains("is in use by another process", running.Output, StringComparison.Ordinal);

        await gateway.KillAsync();
        var killed = await CheckAsync(gateway.DataFolder);
        Assert.True(killed.ExitCode == 0, killed.Output);
        Assert.Contains("Integrity check  ok", killed.Output, StringComparison.Ordinal);

        var log = Path.Combine(gateway.DataFolder, "pushgateway.db-wal");
        var whole = await File.ReadAllBytesAsync(log, Cancellation);
        foreach (var damaged in (byte[][])[[(byte)~whole[0], .. whole[1..]], []])
        {
            await File.WriteAllBytesAsync(log, damaged, Cancellation);
            var refused = await GatewayProcess.RunAsync(new Dictionary<string, string> { ["PUSHGATEWAY_DATA_DIR"] = gateway.DataFolder });
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains("-wal", refused.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("Exception", refused.Output, StringComparison.Ordinal);
            Assert.Equal(1, (await CheckAsync(gateway.DataFolder)).ExitCode);
        }

        await File.WriteAllBytesAsync(log, whole, Cancellation);
        await gateway.StartAgainAsync(Cancellation);
        await Poll.UntilAsync(
            token => gateway.Client.GetStringAsync(new Uri("metrics", UriKind.Relative), token),
            text => text.Contains("stored{id=\"one\"} 1", StringComparison.Ordinal),
            "the push from before",
            Deadlines.Delivery,
            Cancellation);
    }

    [Fact]
    public async Task A_full_store_is_not_ready_and_says_why()
    {
        await using var gateway = await GatewayProcess.StartAsync(
            new Dictionary<string, string> { ["PUSHGATEWAY_MAX_STORAGE_BYTES"] = "1048576" }, cancellationToken: Cancellation);
        var size = 100_000;
        await Poll.UntilAsync(
            async token =>
            {
                using var body = new StringContent($"# HELP big {new string('x', size)}\nbig 1\n");
                using var answer = await gateway.Client.PutAsync(new Uri($"metrics/job/{Guid.NewGuid()}", UriKind.Relative), body, token);
                size = answer.IsSuccessStatusCode ? size : Math.Max(size / 2, 100);
                using var ready = await gateway.Client.GetAsync(new Uri("-/ready", UriKind.Relative), token);
                return (ready.StatusCode, Text: await ready.Content.ReadAsStringAsync(token));
            },
            ready => ready.StatusCode == HttpStatusCode.ServiceUnavailable && ready.Text.StartsWith("the queue is full", StringComparison.Ordinal),
            "a full store",
            Deadlines.Delivery,
            Cancellation);
    }

    [Fact]
    public async Task Dead_letters_never_keep_pushes_out()
    {
        await using var prometheus = await PrometheusServer.StartAsync(cancellationToken: Cancellation);
        var settings = new Dictionary<string, string>(FauxqsToPrometheus.RemoteWriteTo(prometheus))
        {
            ["PUSHGATEWAY_MAX_STORAGE_BYTES"] = "3000000",

            // The last state of series is kept in the store, too, and is not what this is about.
            ["PUSHGATEWAY_UNGROUPED_HOLD"] = "0s",
        };
        await using var gateway = await GatewayProcess.StartAsync(settings, cancellationToken: Cancellation);
        await PushAsync(gateway, "new");
        await prometheus.Api.WaitForAsync("stored", 1);
        var letters = 0;
        for (var i = 0; i < 40; i++)
        {
            // Prometheus takes nothing so old once it has something new.
            var old = DateTimeOffset.UtcNow.AddHours(-5).ToUnixTimeMilliseconds();
            using var body = new StringContent(string.Create(
                CultureInfo.InvariantCulture, $"# HELP old {new string('x', 150_000)}\nold{{id=\"{i}\"}} 1 {old}\n"));
            using var answer = await gateway.Client.PostAsync(new Uri("metrics", UriKind.Relative), body, Cancellation);
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
            var before = letters;
            letters = await Poll.UntilAsync(
                token => CountRejectedAsync(gateway, token), count => count > before, "a dead letter", Deadlines.Delivery, Cancellation);
        }

        await gateway.StopAsync();
        await gateway.StartAgainAsync(Cancellation);
        await PushAsync(gateway, "after");
        var check = await StopAndCheckAsync(gateway);
        Assert.Matches("sink-rejected +[1-4]\n", check.Output);
    }

    static async Task<int> CountRejectedAsync(GatewayProcess gateway, CancellationToken token)
    {
        var text = await gateway.Client.GetStringAsync(new Uri("metrics", UriKind.Relative), token);
        return text.Split('\n').Where(line => line.StartsWith("pushgateway_messages_rejected_total{", StringComparison.Ordinal))
            .Sum(line => (int)double.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture));
    }

    static async Task<ProcessResult> StopAndCheckAsync(GatewayProcess gateway)
    {
        await gateway.StopAsync();
        return await CheckAsync(gateway.DataFolder);
    }

    static string Id(int i) => string.Create(CultureInfo.InvariantCulture, $"push-{i:000}-{new string('x', 700)}");

    static async Task PushAsync(GatewayProcess gateway, string id)
    {
        using var body = new StringContent($"stored{{id=\"{id}\"}} 1\n");
        using var answer = await gateway.Client.PostAsync(new Uri("metrics", UriKind.Relative), body, Cancellation);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    static Task<ProcessResult> CheckAsync(string folder) =>
        GatewayProcess.RunCommandAsync(new Dictionary<string, string> { ["PUSHGATEWAY_DATA_DIR"] = folder }, "check");

    // Those of the message and of the series that is held.
    static void DamagePagesWith(string path, string text)
    {
        var content = File.ReadAllBytes(path);
        var wanted = Encoding.UTF8.GetBytes(text);
        var pages = 0;
        for (var page = 0; page < content.Length / PageBytes; page++)
        {
            if (content.AsSpan(page * PageBytes, PageBytes).IndexOf(wanted) >= 0)
            {
                content.AsSpan(page * PageBytes, PageBytes).Clear();
                pages++;
            }
        }

        Assert.NotEqual(0, pages);
        File.WriteAllBytes(path, content);
    }
}
