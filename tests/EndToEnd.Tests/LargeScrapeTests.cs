using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests;

/// <summary><c>GET /metrics</c> of more than is in memory at a time.</summary>
public sealed class LargeScrapeTests
{
    private const int SeriesPerPush = 50_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_million_series_are_read_in_bounded_memory()
    {
        const int count = 1_000_000;
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The peak of a process' memory is read from /proc.");
        await using var gateway = await StartAsync();
        await PushAsync(gateway, count, static i => string.Create(CultureInfo.InvariantCulture, $"host=\"host-{i % 1000}\",id=\"i-{i:D9}\",region=\"eu-central-1\""));
        await Poll.UntilAsync(
            async _ => await CountAsync(gateway, "text/plain"), lines => lines >= count, "the pushes to be exposed", Deadlines.Delivery, Cancellation);

        // Forgets the peak of the pushes.
        await File.WriteAllTextAsync($"/proc/{gateway.Process.Id}/clear_refs", "5", Cancellation);
        var before = await MegabytesAsync(gateway, "VmRSS:");
        Assert.Equal(count, await CountAsync(gateway, "text/plain"));
        Assert.Equal(count, await CountAsync(gateway, "application/openmetrics-text;version=1.0.0"));

        // In one piece it would take more than 200 MB.
        Assert.InRange(await MegabytesAsync(gateway, "VmHWM:") - before, -1000, 100);
    }

    [Theory]
    [InlineData("PrometheusText0.0.4")]
    [InlineData("OpenMetricsText1.0.0")]
    [InlineData("PrometheusProto")]
    public async Task Prometheus_takes_a_family_that_is_written_in_slices(string protocol)
    {
        const int count = 40_000;
        var label = new string('x', 200);
        await using var gateway = await StartAsync();
        await PushAsync(gateway, count, i => string.Create(CultureInfo.InvariantCulture, $"id=\"{i}\",long=\"{label}\""));
        await using var prometheus = await PrometheusServer.StartAsync(
            new PrometheusOptions { ScrapeTargets = [gateway.BaseAddress.Authority], ScrapeProtocol = protocol }, Cancellation);

        await Poll.UntilAsync(
            token => prometheus.QueryAsync("count(large)", cancellationToken: token),
            series => series is [{ Samples: [.., { Value: "40000" }] }],
            "a scrape of all series",
            Deadlines.Delivery,
            Cancellation);

        using var metadata = JsonDocument.Parse(await prometheus.Client.GetStringAsync(new Uri("api/v1/metadata?metric=large", UriKind.Relative), Cancellation));
        var entry = Assert.Single(metadata.RootElement.GetProperty("data").GetProperty("large").EnumerateArray().ToArray());
        Assert.Equal(("gauge", "Large."), (entry.GetProperty("type").GetString(), entry.GetProperty("help").GetString()));
    }

    private static Task<GatewayProcess> StartAsync() => GatewayProcess.StartAsync(
        new Dictionary<string, string> { ["PUSHGATEWAY_UNGROUPED_HOLD"] = "1h", ["PUSHGATEWAY_MAX_BODY_BYTES"] = "67108864" }, cancellationToken: Cancellation);

    private static async Task PushAsync(GatewayProcess gateway, int count, Func<int, string> labels)
    {
        for (var first = 0; first < count; first += SeriesPerPush)
        {
            var text = new StringBuilder("# HELP large Large.\n# TYPE large gauge\n");
            for (var i = first; i < Math.Min(count, first + SeriesPerPush); i++)
            {
                text.Append("large{").Append(labels(i)).Append("} 1\n");
            }

            // The gateway may have to write first what it has accepted.
            var body = Encoding.UTF8.GetBytes(text.ToString());
            await Poll.UntilAsync(
                async token =>
                {
                    using var content = new ByteArrayContent(body);
                    using var answer = await gateway.Client.PostAsync(new Uri("metrics", UriKind.Relative), content, token);
                    return answer.StatusCode;
                },
                status => status == HttpStatusCode.Accepted,
                "a push to be accepted",
                Deadlines.Delivery,
                Cancellation);
        }
    }

    private static async Task<int> CountAsync(GatewayProcess gateway, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("metrics", UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var answer = await gateway.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        using var reader = new StreamReader(await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(Cancellation));
        var (count, headers) = (0, 0);
        while (await reader.ReadLineAsync(Cancellation) is { } line)
        {
            count += line.StartsWith("large{", StringComparison.Ordinal) ? 1 : 0;
            headers += line == "# TYPE large gauge" ? 1 : 0;
        }

        Assert.Equal(count > 0 ? 1 : 0, headers);
        return count;
    }

    private static async Task<long> MegabytesAsync(GatewayProcess gateway, string name)
    {
        var lines = await File.ReadAllLinesAsync($"/proc/{gateway.Process.Id}/status", Cancellation);
        var value = lines.Single(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2];
        return long.Parse(value.Split('\t')[^1], CultureInfo.InvariantCulture) / 1024;
    }
}
