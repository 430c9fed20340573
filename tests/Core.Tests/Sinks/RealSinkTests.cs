using System.Globalization;
using PushGateway.Core.Tests.Histograms;
using PushGateway.Model;
using PushGateway.Sinks;
using PushGateway.Testing;
using Xunit;
using ClientModel = PushGateway.Reference.ClientModel;
using Sample = PushGateway.Model.Sample;
using Stored = PushGateway.Testing.Sample;

namespace PushGateway.Core.Tests.Sinks;

/// <summary>The sinks against real servers, everything queried back.</summary>
public sealed class RealSinkTests : IDisposable
{
    private readonly HttpClient _client = new(HttpSink.CreateHandler());
    private readonly long _now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Remote_write_arrives_with_its_values_and_milliseconds()
    {
        await using var prometheus = await PrometheusServer.StartAsync(cancellationToken: Cancellation);
        var samples = Extremes();

        const string label = "größe \"日本\"\\\n🦔";
        var range = Ranges.Of(samples.Select(s => ("m", label, s)));

        Assert.Equal(SinkResult.Delivered, await RemoteWriteAsync(prometheus.RemoteWriteUrl, range));

        var series = Assert.Single(await prometheus.QueryRangeRawAsync("m", cancellationToken: Cancellation));
        Assert.Equal(label, series["label"]);
        Assert.Equal(samples.Select(Expected), series.Samples);
    }

    [Fact]
    public async Task Remote_write_takes_ten_thousand_series_and_the_same_again()
    {
        await using var prometheus = await PrometheusServer.StartAsync(cancellationToken: Cancellation);
        var range = Ranges.Of(Enumerable.Range(0, 10_000).Select(i => ("m", Text(i), new Sample(_now - i, i))));

        Assert.Equal(SinkResult.Delivered, await RemoteWriteAsync(prometheus.RemoteWriteUrl, range));
        Assert.Equal(SinkResult.Delivered, await RemoteWriteAsync(prometheus.RemoteWriteUrl, range));

        var stored = await prometheus.QueryRangeRawAsync("m", cancellationToken: Cancellation);
        Assert.Equal(10_000, stored.Count);
        Assert.All(stored, s =>
        {
            var i = int.Parse(s["label"], CultureInfo.InvariantCulture);
            Assert.Equal(new Stored(_now - i, Text(i)), Assert.Single(s.Samples));
        });
    }

    [Fact]
    public async Task What_comes_late_is_sorted_in()
    {
        await using var prometheus = await PrometheusServer.StartAsync(cancellationToken: Cancellation);
        Sample[] samples = [new(_now, 3), new(_now - 1_800_000, 1), new(_now - 1, 2)];
        foreach (var sample in samples)
        {
            Assert.Equal(SinkResult.Delivered, await RemoteWriteAsync(prometheus.RemoteWriteUrl, Ranges.Of(("m", "a", sample))));
        }

        var series = Assert.Single(await prometheus.QueryRangeRawAsync("m", cancellationToken: Cancellation));
        Assert.Equal(samples.OrderBy(s => s.TimestampMs).Select(Expected), series.Samples);
    }

    [Fact]
    public async Task A_stale_marker_ends_a_series()
    {
        await using var prometheus = await PrometheusServer.StartAsync(cancellationToken: Cancellation);
        var range = Ranges.Of(
            ("m", "ended", new Sample(_now - 2, 1)),
            ("m", "ended", new Sample(_now - 1, StaleMarker.Value)),
            ("m", "lives", new Sample(_now - 2, 1)));

        Assert.Equal(SinkResult.Delivered, await RemoteWriteAsync(prometheus.RemoteWriteUrl, range));

        var present = await prometheus.QueryAsync("m", DateTimeOffset.FromUnixTimeMilliseconds(_now), Cancellation);
        Assert.Equal(["lives"], present.Select(s => s["label"]));
        var before = await prometheus.QueryAsync("m", DateTimeOffset.FromUnixTimeMilliseconds(_now - 2), Cancellation);
        Assert.Equal(["ended", "lives"], before.Select(s => s["label"]).Order(StringComparer.Ordinal));
    }

    /// <summary>
    /// Remote write 1.0 in Prometheus, 2 and 3 alike, rolls back the whole request for one sample that it refuses: whoever is told
    /// "rejected" has to find the culprit and send the rest again.
    /// </summary>
    [Theory]
    [InlineData(0, 99, "duplicate sample for timestamp")]
    [InlineData(-7_200_000, 99, "too old sample")]
    public async Task For_one_bad_sample_Prometheus_refuses_the_whole_request(long at, double value, string reason)
    {
        await using var prometheus = await PrometheusServer.StartAsync(cancellationToken: Cancellation);
        var first = Ranges.Of(("bad", "a", new Sample(_now, 1)));
        Assert.Equal(SinkResult.Delivered, await RemoteWriteAsync(prometheus.RemoteWriteUrl, first));
        var good = Enumerable.Range(0, 100).Select(i => ("good", Text(i), new Sample(_now, i))).ToList();
        var bad = ("bad", "a", new Sample(_now + at, value));

        var result = await RemoteWriteAsync(prometheus.RemoteWriteUrl, Ranges.Of([.. good[..50], bad, .. good[50..]]));

        Assert.Equal(SinkStatus.Rejected, result.Status);
        Assert.StartsWith($"remote write returned HTTP status 400: {reason}", result.Reason, StringComparison.Ordinal);
        Assert.Empty(await prometheus.QueryRangeRawAsync("good", cancellationToken: Cancellation));

        Assert.Equal(SinkResult.Delivered, await RemoteWriteAsync(prometheus.RemoteWriteUrl, Ranges.Of(good)));
        Assert.Equal(100, (await prometheus.QueryRangeRawAsync("good", cancellationToken: Cancellation)).Count);
        var kept = Assert.Single(await prometheus.QueryRangeRawAsync("bad", TimeSpan.FromHours(3), cancellationToken: Cancellation));
        Assert.Equal([new Stored(_now, "1")], kept.Samples);
    }

    [Fact]
    public async Task Another_value_for_a_time_before_the_last_is_no_error_to_Prometheus()
    {
        await using var prometheus = await PrometheusServer.StartAsync(cancellationToken: Cancellation);
        var range = Ranges.Of(("m", "a", new Sample(_now - 1000, 1)), ("m", "a", new Sample(_now, 2)));
        Assert.Equal(SinkResult.Delivered, await RemoteWriteAsync(prometheus.RemoteWriteUrl, range));

        range = Ranges.Of(("m", "a", new Sample(_now - 1000, 99)));
        Assert.Equal(SinkResult.Delivered, await RemoteWriteAsync(prometheus.RemoteWriteUrl, range));

        var series = Assert.Single(await prometheus.QueryRangeRawAsync("m", cancellationToken: Cancellation));
        Assert.Equal([_now - 1000, _now], series.Samples.Select(s => s.TimestampMs));
    }

    [Fact]
    public async Task OTLP_arrives_in_VictoriaMetrics_with_its_values_and_milliseconds()
    {
        await using var victoria = await VictoriaMetricsServer.StartAsync(Cancellation);
        var samples = WithoutNegativeZero();

        var range = Ranges.Of(samples.Select(s => ("m_total", "größe", s)));
        Assert.Equal(SinkResult.Delivered, await OtlpAsync(victoria.OtlpMetricsUrl, range, gzip: true));

        await victoria.FlushAsync(Cancellation);
        var series = Assert.Single(await victoria.Api.QueryRangeRawAsync("m_total", cancellationToken: Cancellation));
        Assert.Equal("größe", series["label"]);
        Assert.Equal(["__name__", "label"], series.Labels.Keys.Order(StringComparer.Ordinal));

        // To VictoriaMetrics, NaN is the absence of a value.
        Assert.Equal(samples.Where(s => !double.IsNaN(s.Value)).Select(Expected), series.Samples);
    }

    [Fact]
    public async Task OTLP_through_an_agent_arrives_in_Prometheus_as_it_was_sent()
    {
        await using var prometheus = await PrometheusServer.StartAsync(cancellationToken: Cancellation);
        await using var agent = await VmAgent.StartAsync(prometheus.RemoteWriteUrl, Cancellation);
        var samples = WithoutNegativeZero();
        var range = Ranges.Of(
            samples.Select(s => ("m_bucket", "a", s))
                .Append(("m_bucket", "ended", new Sample(_now - 2, 1)))
                .Append(("m_bucket", "ended", new Sample(_now - 1, StaleMarker.Value))));

        Assert.Equal(SinkResult.Delivered, await OtlpAsync(agent.OtlpMetricsUrl, range, gzip: false));

        var series = await Poll.UntilAsync(
            token => prometheus.QueryRangeRawAsync("m_bucket", cancellationToken: token),
            found => found.Count == 2,
            "both series",
            cancellationToken: Cancellation);
        Assert.Equal(samples.Select(Expected), series.Single(s => s["label"] == "a").Samples);
        Assert.Equal([new Stored(_now - 2, "1")], series.Single(s => s["label"] == "ended").Samples);
        var present = await prometheus.QueryAsync("m_bucket", DateTimeOffset.FromUnixTimeMilliseconds(_now), Cancellation);
        Assert.Equal(["a"], present.Select(s => s["label"]));
    }

    [Fact]
    public async Task A_native_histogram_is_one_in_Prometheus_and_a_stale_marker_ends_it()
    {
        await using var prometheus = await PrometheusServer.StartAsync(WithHistograms, Cancellation);
        var range = Histograms("m", (_now - 2000, Latency()), (_now - 1000, null), (_now, Latency()));
        Assert.Equal(SinkResult.Delivered, await RemoteWriteAsync(prometheus.RemoteWriteUrl, range));

        // Ten observations: two of 0, four from 1 to 2, three from 4 to 8, one from -2 to -1.
        await AssertAsync("histogram_count(m)", "10");
        await AssertAsync("histogram_sum(m)", "21.5");
        await AssertAsync("histogram_fraction(1, 2, m)", "0.4");
        await AssertAsync("histogram_fraction(4, 8, m)", "0.3");
        await AssertAsync("histogram_fraction(-2, -1, m)", "0.1");
        await AssertAsync("histogram_quantile(1, m)", "8");
        await AssertAsync("histogram_quantile(0, m)", "-2");
        await AssertAsync("count(m offset 500ms) or vector(0)", "0");
        await AssertAsync("count_over_time(m[1h])", "2");

        async Task AssertAsync(string expression, string expected)
        {
            var series = Assert.Single(await prometheus.QueryAsync(expression, DateTimeOffset.FromUnixTimeMilliseconds(_now), Cancellation));
            Assert.Equal((expression, expected), (expression, series.Samples[0].Value));
        }
    }

    [Fact]
    public async Task Whatever_is_valid_here_is_valid_in_Prometheus()
    {
        await using var prometheus = await PrometheusServer.StartAsync(WithHistograms, Cancellation);
        for (var i = 0; i < 200; i++)
        {
            var histogram = new RandomHistograms(i) { Whole = i % 2 == 0 }.Next();
            var range = Histograms($"m{i}", (_now, histogram));

            Assert.Equal(SinkResult.Delivered, await RemoteWriteAsync(prometheus.RemoteWriteUrl, range));

            var count = histogram.HasSampleCountFloat ? histogram.SampleCountFloat : histogram.SampleCount;
            var stored = await prometheus.QueryAsync($"histogram_count(m{i})", DateTimeOffset.FromUnixTimeMilliseconds(_now), Cancellation);
            Assert.Equal(count, double.Parse(Assert.Single(stored).Samples[0].Value, CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public async Task A_Prometheus_without_native_histograms_refuses_them_for_good()
    {
        await using var prometheus = await PrometheusServer.StartAsync(cancellationToken: Cancellation);
        var result = await RemoteWriteAsync(prometheus.RemoteWriteUrl, Histograms("m", (_now, Latency())));
        Assert.Equal((SinkStatus.Rejected, "remote write returned HTTP status 500: native histograms are disabled"), (result.Status, result.Reason));
    }

    [Fact]
    public async Task VictoriaMetrics_makes_buckets_of_its_own_of_a_histogram_that_comes_by_OTLP()
    {
        await using var victoria = await VictoriaMetricsServer.StartAsync(Cancellation);
        var histogram = Latency();
        histogram.SampleCount = 9;
        histogram.NegativeSpan.Clear();
        histogram.NegativeDelta.Clear();
        Assert.Equal(SinkResult.Delivered, await OtlpAsync(victoria.OtlpMetricsUrl, Histograms("m", (_now, histogram)), gzip: false));

        var stored = await victoria.ExportAsync("{__name__=~\"m.*\"}", Cancellation);
        Assert.Equal(
            [
                "m_bucket 0.000e+00...1.000e-03 2", "m_bucket 1.000e+00...2.000e+00 4", "m_bucket 4.000e+00...8.000e+00 3",
                "m_count  9", "m_sum  21.5",
            ],
            stored.Select(series => $"{series.Name} {series["vmrange"]} {Assert.Single(series.Samples).Value}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_OTLP_cannot_express_is_refused_without_a_request()
    {
        var histogram = Latency();
        histogram.SampleCountFloat = 10.5;
        var result = await OtlpAsync(new Uri("http://127.0.0.1:1/"), Histograms("m", (_now, histogram)), gzip: false);
        Assert.Equal(
            (SinkStatus.Rejected, "OTLP: the native histogram \"m\" cannot be expressed: its counts are not whole numbers"), (result.Status, result.Reason));
    }

    private static PrometheusOptions WithHistograms { get; } = new() { Features = ["native-histograms"] };

    private static ClientModel.Histogram Latency() => new()
    {
        SampleCount = 10,
        SampleSum = 21.5,
        ZeroThreshold = 0.001,
        ZeroCount = 2,
        PositiveSpan = { new ClientModel.BucketSpan { Offset = 1, Length = 1 }, new ClientModel.BucketSpan { Offset = 1, Length = 1 } },
        PositiveDelta = { 4, -1 },
        NegativeSpan = { new ClientModel.BucketSpan { Offset = 1, Length = 1 } },
        NegativeDelta = { 1 },
    };

    // Without a histogram, the stale marker.
    private static SampleRange Histograms(string name, params (long TimestampMs, ClientModel.Histogram? Histogram)[] samples)
    {
        var batch = new MetricBatch();
        var symbol = batch.Symbols.Intern(name);
        batch.BeginSeries(batch.AddFamily(symbol, MetricType.Histogram), symbol);
        batch.EndSeries();
        return new SampleRange(batch, samples.Select(sample => new SeriesSample(0, 0, sample.Histogram is { } histogram
            ? new Sample(sample.TimestampMs, 0, Histogram: HistogramModel.Intern(histogram, batch.Symbols))
            : new Sample(sample.TimestampMs, StaleMarker.Value))).ToArray());
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static Stored Expected(Sample sample) => new(sample.TimestampMs, sample.Value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => sample.Value.ToString("R", CultureInfo.InvariantCulture),
    });

    private Sample[] Extremes() =>
    [
        new(_now - 9, 0.1),
        new(_now - 8, -0.0),
        new(_now - 7, double.PositiveInfinity),
        new(_now - 6, double.NegativeInfinity),
        new(_now - 5, 12, IsInteger: true),
        new(_now - 4, -9007199254740992, IsInteger: true),
        new(_now - 3, 1.5),
        new(_now - 2, 0, IsInteger: true),
        new(_now - 1, 123456.789),
        new(_now, double.NaN),
    ];

    // VictoriaMetrics and its agent make it a plain zero.
    private Sample[] WithoutNegativeZero() => [.. Extremes().Where(s => !(s.Value == 0 && double.IsNegative(s.Value)))];

    private Task<SinkResult> RemoteWriteAsync(Uri url, SampleRange range) =>
        new RemoteWriteSink(_client, new() { Endpoint = url }).SendWholeAsync(range, Cancellation);

    private Task<SinkResult> OtlpAsync(Uri url, SampleRange range, bool gzip) =>
        new OtlpSink(_client, new() { Endpoint = url, Gzip = gzip }).SendWholeAsync(range, Cancellation);
}
