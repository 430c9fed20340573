using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests;

/// <summary>A large group whose series are all replaced, with a target that gets the markers, while another client pushes to another group.</summary>
public sealed class LargeGroupTests
{
    private const int Series = 100_000;
    private const int Fewer = 25_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Replacing_all_series_costs_in_proportion_to_their_number_and_delays_no_other_group()
    {
        await using var prometheus = await PrometheusServer.StartAsync(cancellationToken: Cancellation);
        await using var gateway = await GatewayProcess.StartAsync(
            new Dictionary<string, string> { ["PROMETHEUS_REMOTE_WRITE_URL"] = prometheus.RemoteWriteUrl.ToString() }, cancellationToken: Cancellation);

        // A gateway that has nothing else to do: what delays its answers is the machine, and delays those of the other as well.
        await using var control = await GatewayProcess.StartAsync(cancellationToken: Cancellation);
        await ReplaceAsync(gateway, "warm-up", 0, Fewer);

        var few = await ReplaceAsync(gateway, "few", 0, Fewer);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var others = PushToAnotherGroupAsync(gateway, control, stop.Token);
        var many = await ReplaceAsync(gateway, "many", Fewer, Series);
        await stop.CancelAsync();
        var (here, there) = await others;

        // Four times the series. Work that grows with the square takes sixteen times the processor; the other client takes some, too.
        Assert.InRange(many / few, 0, 10);
        var allowed = TimeSpan.FromMilliseconds(Math.Max(100, 5 * Percentile(there).TotalMilliseconds));
        Assert.InRange(Percentile(here), TimeSpan.Zero, allowed);
    }

    // Processor time of two replaces by disjoint series, from the first to the delivery of the last marker.
    private static async Task<double> ReplaceAsync(GatewayProcess gateway, string job, int first, int count)
    {
        using var process = Process.GetProcessById(gateway.Process.Id);
        var before = process.TotalProcessorTime;
        for (var i = 0; i < 2; i++)
        {
            await PutAsync(gateway, job, Body(first + (i * count), count), Cancellation);
        }

        await Poll.UntilAsync(
            async token =>
            {
                using var status = JsonDocument.Parse(await gateway.Client.GetStringAsync(new Uri("api/v1/status", UriKind.Relative), token));
                return status.RootElement.GetProperty("data").GetProperty("queue").GetProperty("messages").GetInt64();
            },
            static messages => messages <= 2,
            "the markers to be delivered",
            Deadlines.Delivery,
            Cancellation);
        process.Refresh();
        return (process.TotalProcessorTime - before).TotalSeconds;
    }

    // In turn, so that both see the same machine.
    private static async Task<(List<TimeSpan> Here, List<TimeSpan> There)> PushToAnotherGroupAsync(
        GatewayProcess gateway, GatewayProcess control, CancellationToken cancellationToken)
    {
        var (here, there) = (new List<TimeSpan>(), new List<TimeSpan>());
        try
        {
            while (true)
            {
                here.Add(await TimeAsync(gateway, cancellationToken));
                there.Add(await TimeAsync(control, cancellationToken));
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && !Cancellation.IsCancellationRequested)
        {
            return (here, there);
        }
    }

    private static async Task<TimeSpan> TimeAsync(GatewayProcess gateway, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        await PutAsync(gateway, "other", "m 1\n"u8.ToArray(), cancellationToken);
        return Stopwatch.GetElapsedTime(started);
    }

    private static async Task PutAsync(GatewayProcess gateway, string job, byte[] body, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(body);
        using var answer = await gateway.Client.PutAsync(new Uri($"metrics/job/{job}", UriKind.Relative), content, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    private static byte[] Body(int first, int count)
    {
        var text = new StringBuilder("# TYPE large gauge\n");
        for (var i = first; i < first + count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"large{{id=\"{i}\"}} {i}\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static TimeSpan Percentile(List<TimeSpan> times)
    {
        Assert.InRange(times.Count, 100, int.MaxValue);
        times.Sort();
        return times[(int)(times.Count * 0.99)];
    }
}
