using System.Globalization;
using System.Text;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests;

/// <summary>While the target is down, and when a process is told to stop, nothing is lost and nothing doubled.</summary>
public sealed class OutageTests
{
    const int Pushes = 30;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static long Now => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    [Fact]
    public async Task The_gateway_outlasts_an_outage_of_Prometheus()
    {
        await using var prometheus = await PrometheusServer.StartAsync(cancellationToken: Cancellation);
        await using var gateway = await GatewayProcess.StartAsync(
            FauxqsToPrometheus.RemoteWriteTo(prometheus), cancellationToken: Cancellation);
        var expected = new Dictionary<string, (long From, long To, string Value)>();
        await PushAsync(gateway, "before", expected);
        await prometheus.Api.WaitForAsync("outage", expected.Count);

        await prometheus.StopAsync();
        await PushAsync(gateway, "during", expected);
        await WaitForRetryAsync(gateway);
        await PushAsync(gateway, "still", expected);
        await prometheus.StartAgainAsync(Cancellation);
        await PushAsync(gateway, "after", expected);
        await CheckAsync(prometheus, expected);
    }

    [Fact]
    public async Task Worker_outlasts_an_outage_of_Prometheus()
    {
        await using var fauxqs = await Fauxqs.StartAsync(Cancellation);
        await using var prometheus = await PrometheusServer.StartAsync(cancellationToken: Cancellation);

        // So short that messages come again while they are worked on, as they may in SQS.
        await using var pipeline = await SqsPipeline.StartAsync(
            fauxqs.Sqs, FauxqsToPrometheus.RemoteWriteTo(prometheus), visibilityTimeout: TimeSpan.FromSeconds(2));
        var expected = new Dictionary<string, (long From, long To, string Value)>();
        await PushAsync(pipeline.Api, "before", expected);
        await prometheus.Api.WaitForAsync("outage", expected.Count);

        await prometheus.StopAsync();
        await PushAsync(pipeline.Api, "during", expected);
        await WaitForReceiptAsync(pipeline);
        await PushAsync(pipeline.Api, "still", expected);
        await prometheus.StartAgainAsync(Cancellation);
        await PushAsync(pipeline.Api, "after", expected);
        await CheckAsync(prometheus, expected);
        await Poll.UntilAsync(
            async token => (await pipeline.Queue.CountAsync(token)).Total,
            total => total == 0,
            "an empty queue",
            Deadlines.Delivery,
            Cancellation);
        Assert.Equal(0, (await pipeline.DeadLetters.CountAsync(Cancellation)).Total);
    }

    [Fact]
    public async Task A_gateway_that_is_stopped_during_an_outage_delivers_the_rest_when_it_is_back()
    {
        await using var prometheus = await PrometheusServer.StartAsync(cancellationToken: Cancellation);
        await using var gateway = await GatewayProcess.StartAsync(
            FauxqsToPrometheus.RemoteWriteTo(prometheus), cancellationToken: Cancellation);
        await prometheus.StopAsync();
        var expected = new Dictionary<string, (long From, long To, string Value)>();
        await PushAsync(gateway, "during", expected);
        await WaitForRetryAsync(gateway);
        Assert.Equal(0, await gateway.StopAsync(Deadlines.Shutdown));

        await prometheus.StartAgainAsync(Cancellation);
        await gateway.StartAgainAsync(Cancellation);
        await CheckAsync(prometheus, expected);
    }

    [Fact]
    public async Task A_worker_that_is_stopped_during_an_outage_gives_its_messages_back()
    {
        await using var fauxqs = await Fauxqs.StartAsync(Cancellation);
        await using var prometheus = await PrometheusServer.StartAsync(cancellationToken: Cancellation);

        // A message that is not given back stays hidden for longer than this test waits. More receivers than messages: some of them
        // wait for one when Worker is stopped, and must not take along what the others give back.
        var target = new Dictionary<string, string>(FauxqsToPrometheus.RemoteWriteTo(prometheus))
        {
            ["PUSHGATEWAY_RECEIVERS"] = (Pushes + 2).ToString(CultureInfo.InvariantCulture),
        };
        await using var pipeline = await SqsPipeline.StartAsync(fauxqs.Sqs, target, visibilityTimeout: TimeSpan.FromMinutes(30));
        await prometheus.StopAsync();
        var expected = new Dictionary<string, (long From, long To, string Value)>();
        await PushAsync(pipeline.Api, "during", expected);
        await WaitForReceiptAsync(pipeline);
        Assert.Equal(0, await pipeline.Worker.StopAsync(Deadlines.Shutdown));
        Assert.Equal(expected.Count, (await pipeline.Queue.CountAsync(Cancellation)).Total);

        await prometheus.StartAgainAsync(Cancellation);
        await pipeline.Worker.StartAgainAsync(Cancellation);
        await CheckAsync(prometheus, expected);
    }

    [Fact]
    public async Task A_push_in_flight_is_finished_before_the_gateway_stops()
    {
        await using var prometheus = await PrometheusServer.StartAsync(cancellationToken: Cancellation);
        await using var gateway = await GatewayProcess.StartAsync(
            FauxqsToPrometheus.RemoteWriteTo(prometheus), cancellationToken: Cancellation);

        // So much of the body ahead of a pause that its average stays above Kestrel's least rate, 240 bytes a second, for minutes.
        var begin = $"#{new string(' ', 100_000)}\n";
        const string End = "outage_in_flight 42\n";
        await using var connection = await RawHttp.ConnectAsync(gateway.BaseAddress, Cancellation);
        await connection.SendAsync(
            $"POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: {begin.Length + End.Length}\r\n"
            + "Expect: 100-continue\r\n\r\n",
            Cancellation);

        // The gateway asks for the body: it has taken the push.
        Assert.Equal(100, await connection.ReadStatusAsync(Cancellation));
        await connection.SendAsync(begin, Cancellation);

        gateway.Process.Terminate();
        await Poll.UntilAsync(
            async token =>
            {
                try
                {
                    await using var refused = await RawHttp.ConnectAsync(gateway.BaseAddress, token);
                    return false;
                }
                catch (System.Net.Sockets.SocketException)
                {
                    return true;
                }
            },
            "new connections to be refused",
            Deadlines.Shutdown,
            Cancellation);
        Assert.False(gateway.Process.HasExited);
        await connection.SendAsync(End, Cancellation);
        Assert.Equal(202, await connection.ReadStatusAsync(Cancellation));
        Assert.Equal(0, await gateway.Process.WaitForExitAsync(Deadlines.Shutdown));

        await gateway.StartAgainAsync(Cancellation);
        var (_, sample) = await prometheus.Api.WaitForOneAsync("outage_in_flight");
        Assert.Equal("42", sample.Value);
    }

    [Fact]
    public async Task Ctrl_C_ends_both_processes_with_success()
    {
        await using var fauxqs = await Fauxqs.StartAsync(Cancellation);
        await using var prometheus = await PrometheusServer.StartAsync(cancellationToken: Cancellation);
        await using var pipeline = await SqsPipeline.StartAsync(fauxqs.Sqs, FauxqsToPrometheus.RemoteWriteTo(prometheus));
        await PushAsync(pipeline.Api, "before", []);
        await prometheus.Api.WaitForAsync("outage", Pushes);
        pipeline.Api.Process.Interrupt();
        pipeline.Worker.Process.Interrupt();
        Assert.Equal(0, await pipeline.Api.Process.WaitForExitAsync(Deadlines.Shutdown));
        Assert.Equal(0, await pipeline.Worker.Process.WaitForExitAsync(Deadlines.Shutdown));
    }

    // Half of the pushes say their time, half leave it to the gateway.
    static async Task PushAsync(GatewayProcess gateway, string phase, Dictionary<string, (long From, long To, string Value)> expected)
    {
        for (var i = 0; i < Pushes; i++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"{phase}-{i}");
            var value = (i + 0.25).ToString(CultureInfo.InvariantCulture);
            var said = i % 2 == 0 ? Now - i : (long?)null;
            var from = said ?? Now;
            using var content = new StringContent(
                string.Create(CultureInfo.InvariantCulture, $"outage{{id=\"{id}\"}} {value}{(said is null ? "" : " ")}{said}\n"), Encoding.UTF8);
            using var answer = await gateway.Client.PostAsync(new Uri("metrics", UriKind.Relative), content, Cancellation);
            Assert.Equal(202, (int)answer.StatusCode);
            expected.Add(id, (from, said ?? Now, value));
        }
    }

    static async Task CheckAsync(PrometheusServer prometheus, Dictionary<string, (long From, long To, string Value)> expected)
    {
        var stored = await prometheus.Api.WaitForAsync("outage", expected.Count);
        Assert.Equal(expected.Keys.Order(), stored.Select(series => series["id"]).Order());
        Assert.All(stored, series =>
        {
            var (from, to, value) = expected[series["id"]];
            var sample = Assert.Single(series.Samples);
            Assert.Equal(value, sample.Value);
            Assert.InRange(sample.TimestampMs, from, to);
        });
    }

    static Task<string> WaitForRetryAsync(GatewayProcess gateway) => Poll.UntilAsync(
        token => gateway.Client.GetStringAsync(new Uri("metrics", UriKind.Relative), token),
        text => text.Split('\n').Any(line => line.StartsWith("pushgateway_sink_retries_total ", StringComparison.Ordinal)),
        "a failed delivery",
        Deadlines.Delivery,
        Cancellation);

    static Task<SqsCounts> WaitForReceiptAsync(SqsPipeline pipeline) => Poll.UntilAsync(
        pipeline.Queue.CountAsync,
        counts => counts.InFlight > 0,
        "messages in flight",
        Deadlines.Delivery,
        Cancellation);
}
