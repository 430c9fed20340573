using System.Globalization;
using System.Net;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests;

/// <summary>A histogram without classic buckets, as client libraries push it, on its way to a Prometheus that has native ones.</summary>
public sealed class NativeHistogramPathTests
{
    const string Protobuf = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";

    // native_hist{a="x"}: count 7, sum 9.5, schema 3, zero bucket of 0.001 with 1, and buckets -2, -1 and 3 with 1, 2 and 3.
    const string Body =
        "440a0b6e61746976655f68697374180422330a060a01611201783a290807110000000000002340280631fca9f1d24d62503f38016204080310026204080610016a03020202";

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_arrives_is_kept_over_a_restart_and_ends_with_its_group()
    {
        await using var prometheus = await PrometheusServer.StartAsync(new PrometheusOptions { Features = ["native-histograms"] }, Cancellation);
        await using var gateway = await GatewayProcess.StartAsync(
            new Dictionary<string, string> { ["PROMETHEUS_REMOTE_WRITE_URL"] = prometheus.RemoteWriteUrl.ToString() }, cancellationToken: Cancellation);
        await PushAsync(gateway, HttpMethod.Put, Convert.FromHexString(Body));

        await UntilAsync(prometheus, "histogram_count(native_hist)", "7");
        await UntilAsync(prometheus, "histogram_sum(native_hist)", "9.5");
        await UntilAsync(prometheus, "histogram_fraction(0, 0.001, native_hist) * 7", "1");

        // Bucket 3 of schema 3 ends at 2^(3/8).
        var quantile = await prometheus.QueryAsync("histogram_quantile(1, native_hist)", cancellationToken: Cancellation);
        Assert.Equal(Math.Pow(2, 3.0 / 8), double.Parse(Assert.Single(quantile).Samples[0].Value, CultureInfo.InvariantCulture), 1e-9);

        await gateway.KillAsync();
        await gateway.StartAgainAsync(Cancellation);
        await Poll.UntilAsync(
            token => gateway.Client.GetStringAsync(new Uri("metrics", UriKind.Relative), token),
            text => text.Contains("# TYPE native_hist histogram\nnative_hist_bucket{a=\"x\",instance=\"\",job=\"native\",le=\"+Inf\"} 7\n", StringComparison.Ordinal),
            "the group to be shown",
            Deadlines.Delivery,
            Cancellation);

        await PushAsync(gateway, HttpMethod.Delete, []);
        await UntilAsync(prometheus, "absent(native_hist)", "1");
    }

    static async Task PushAsync(GatewayProcess gateway, HttpMethod method, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", Protobuf);
        using var request = new HttpRequestMessage(method, new Uri("metrics/job/native", UriKind.Relative)) { Content = content };
        using var response = await gateway.Client.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    static async Task UntilAsync(PrometheusServer prometheus, string expression, string expected) => await Poll.UntilAsync(
        token => prometheus.QueryAsync(expression, cancellationToken: token),
        series => series is [var only] && only.Samples[0].Value == expected,
        $"{expression} to be {expected}",
        Deadlines.Delivery,
        Cancellation);
}
