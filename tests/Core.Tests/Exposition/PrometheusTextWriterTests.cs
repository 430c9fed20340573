using System.Buffers;
using System.Text;
using PushGateway.Core.Tests.Formats.Text;
using PushGateway.Exposition;
using PushGateway.Formats.Text;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Testing;
using Xunit;
using Sample = PushGateway.Model.Sample;

namespace PushGateway.Core.Tests.Exposition;

public sealed class PrometheusTextWriterTests
{
    [Fact]
    public void An_empty_batch_is_an_empty_exposition() => Assert.Equal("", Write(new MetricBatch()));

    [Fact]
    public void Families_series_buckets_and_quantiles_are_in_order()
    {
        const string body = """
            up{job="b"} 1
            up{job="a"} 0
            # TYPE s summary
            # HELP s Text with \\ and\nlines and "quotes".
            s_count 3
            s{quantile="0.9"} 2
            s_sum 4.5
            s{quantile="0.5"} 1
            # TYPE h histogram
            h_count{a="y"} 4
            h_bucket{a="y",le="+Inf"} 4
            h_bucket{a="y",le="10"} 3
            h_bucket{a="y",le="2"} 1
            h_sum{a="y"} 1e7
            h_bucket{le="+Inf",a="x"} 0
            # TYPE nothing gauge
            # TYPE c counter
            c{z="1",text="a \\ b\n\"c\""} NaN

            """;

        const string expected = """
            # TYPE c counter
            c{text="a \\ b\n\"c\"",z="1"} NaN
            # TYPE h histogram
            h_bucket{a="x",le="+Inf"} 0
            h_bucket{a="y",le="2"} 1
            h_bucket{a="y",le="10"} 3
            h_bucket{a="y",le="+Inf"} 4
            h_sum{a="y"} 1e+07
            h_count{a="y"} 4
            # HELP s Text with \\ and\nlines and "quotes".
            # TYPE s summary
            s{quantile="0.5"} 1
            s{quantile="0.9"} 2
            s_sum 4.5
            s_count 3
            # TYPE up untyped
            up{job="a"} 0
            up{job="b"} 1

            """;
        Assert.Equal(expected, WriteUntimed(Encoding.UTF8.GetBytes(body)));
    }

    [Fact]
    public void Timestamps_are_written_when_there_are_any()
    {
        var batch = TextOutcome.Parse("up 1 -5\nup 2 1700000000123\n"u8);

        Assert.Equal("# TYPE up untyped\nup 1 -5\nup 2 1700000000123\n", Write(batch));
    }

    [Fact]
    public void Families_of_one_name_are_written_as_one()
    {
        var batch = new MetricBatch();
        Push(batch, "# TYPE a gauge\na{g=\"2\"} 1\n# TYPE b gauge\nb 1\n"u8);
        Push(batch, "# TYPE a gauge\n# HELP a first\na{g=\"1\"} 2\n# TYPE b counter\nb{g=\"1\"} 2\n"u8);
        Push(batch, "# TYPE a gauge\n# HELP a second\na{g=\"3\"} 3\n"u8);

        const string expected = """
            # HELP a first
            # TYPE a gauge
            a{g="1"} 2
            a{g="2"} 1
            a{g="3"} 3
            # TYPE b untyped
            b 1
            b{g="1"} 2

            """;
        Assert.Equal(expected, Write(batch));
    }

    [Theory]
    [InlineData(MetricType.Unspecified, "untyped")]
    [InlineData(MetricType.Counter, "counter")]
    [InlineData(MetricType.Gauge, "gauge")]
    [InlineData(MetricType.Histogram, "histogram")]
    [InlineData(MetricType.GaugeHistogram, "histogram")]
    [InlineData(MetricType.Summary, "summary")]
    [InlineData(MetricType.Info, "gauge")]
    [InlineData(MetricType.StateSet, "gauge")]
    public void Every_type_has_a_word(MetricType type, string word)
    {
        var batch = new MetricBatch();
        batch.BeginPush();
        var name = batch.Symbols.Intern("x");
        batch.BeginSeries(batch.AddFamily(name, type), name);
        batch.AddSample(new Sample(Sample.NoTimestamp, -0.0));
        batch.EndSeries();

        Assert.Equal($"# TYPE x {word}\nx 0\n", Write(batch));
    }

    [Fact]
    public void What_is_written_is_read_back_and_written_the_same()
    {
        for (var seed = 0; seed < 2000; seed++)
        {
            var pushed = TextOutcome.Parse(new TextBodies(seed).Valid());
            if (HasSuffixCollision(pushed))
            {
                continue;
            }

            var text = Write(pushed);
            var read = TextOutcome.Parse(Encoding.UTF8.GetBytes(text));

            Assert.Equal(Comparable(pushed), Comparable(read));
            Assert.Equal(text, Write(read));
        }
    }

    [Fact]
    public async Task Promtool_reads_what_is_written()
    {
        var body = Enumerable.Range(0, 50)
            .Select(i => $$"""
                # TYPE g{{i}} gauge
                g{{i}}{i="\\{{i}}\n"} {{i}}e{{i}}
                # TYPE h{{i}} histogram
                h{{i}}_bucket{le="+Inf"} 1
                h{{i}}_sum 1
                h{{i}}_count 1

                """);
        var result = await PromTool.CheckMetricsAsync(WriteUntimed(Encoding.UTF8.GetBytes(string.Concat(body))));

        // 3: parsed, with remarks on style.
        Assert.True(result.ExitCode is 0 or 3, result.StandardOutput);
    }

    // A family named as a series of another one: in order of names, its header would be taken for the other's.
    private static bool HasSuffixCollision(MetricBatch batch)
    {
        var names = batch.Families.ToArray().Select(family => batch.Symbols.GetString(family.Name)).ToHashSet();
        return names.Contains("foo") && names.Any(name => name.StartsWith("foo_", StringComparison.Ordinal));
    }

    // Zeros lose their sign, and order is the writer's.
    private static List<string> Comparable(MetricBatch batch) =>
        [.. TextOutcome.SeriesOf(batch)
            .Select(series => series with { ValueBits = series.ValueBits == long.MinValue ? 0 : series.ValueBits })
            .Select(series => series.ToString())
            .Order(StringComparer.Ordinal)];

    private static string WriteUntimed(ReadOnlySpan<byte> body)
    {
        var batch = new MetricBatch();
        batch.BeginPush();
        var context = new ParseContext(PushLimits.Default, Sample.NoTimestamp);
        Assert.True(PrometheusTextReader.TryRead(body, batch, context, out _, out var error), error?.Detail);
        return Write(batch);
    }

    private static void Push(MetricBatch batch, ReadOnlySpan<byte> body)
    {
        batch.BeginPush();
        Assert.True(PrometheusTextReader.TryRead(body, batch, new ParseContext(PushLimits.Default, Sample.NoTimestamp), out _, out _));
    }

    private static string Write(MetricBatch batch)
    {
        var output = new ArrayBufferWriter<byte>();
        new PrometheusTextWriter(batch, null).WriteAll(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
