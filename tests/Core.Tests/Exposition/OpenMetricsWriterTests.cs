using System.Buffers;
using System.Text;
using PushGateway.Core.Tests.Formats.OpenMetrics;
using PushGateway.Core.Tests.Formats.Text;
using PushGateway.Exposition;
using PushGateway.Formats.OpenMetrics;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Testing;
using Xunit;
using Sample = PushGateway.Model.Sample;

namespace PushGateway.Core.Tests.Exposition;

public sealed class OpenMetricsWriterTests
{
    [Fact]
    public void An_empty_batch_is_an_empty_exposition() => Assert.Equal("# EOF\n", Write(new MetricBatch()));

    [Fact]
    public void What_text_pushes_takes_the_names_and_bounds_of_OpenMetrics()
    {
        var batch = TextOutcome.Parse("""
            # TYPE requests_total counter
            # HELP requests_total With \\ and "quotes".
            requests_total 3 1500
            # TYPE jobs counter
            jobs 1 -500
            # TYPE h histogram
            h_count 3 0
            h_bucket{le="+Inf"} 3 0
            h_bucket{le="1"} 1 0
            h_sum 4 0
            # TYPE s summary
            s{quantile="1"} 1 0
            up 1 0

            """u8);

        const string expected = """
            # TYPE h histogram
            h_bucket{le="1.0"} 1 0
            h_bucket{le="+Inf"} 3 0
            h_sum 4 0
            h_count 3 0
            # TYPE jobs unknown
            jobs 1 -0.500
            # TYPE requests counter
            # HELP requests With \\ and \"quotes\".
            requests_total 3 1.500
            # TYPE s summary
            s{quantile="1.0"} 1 0
            # TYPE up unknown
            up 1 0
            # EOF

            """;
        Assert.Equal(expected, Write(batch));
    }

    [Fact]
    public void Families_that_claim_one_name_become_unknowns()
    {
        var batch = TextOutcome.Parse("""
            # TYPE c_total counter
            c_total 1 0
            # TYPE c gauge
            c 2 0
            # TYPE h_count gauge
            h_count 3 0
            # TYPE h histogram
            h_bucket{le="+Inf"} 3 0
            # TYPE c_created gauge
            c_created 4 0

            """u8);

        const string expected = """
            # TYPE c gauge
            c 2 0
            # TYPE c_created gauge
            c_created 4 0
            # TYPE c_total unknown
            c_total 1 0
            # TYPE h_bucket unknown
            h_bucket{le="+Inf"} 3 0
            # TYPE h_count gauge
            h_count 3 0
            # EOF

            """;
        Assert.Equal(expected, Write(batch));
        Assert.Null(OpenMetricsOutcome.ErrorOf(Encoding.UTF8.GetBytes(expected)));
    }

    [Fact]
    public void Samples_without_a_timestamp_are_written_without()
    {
        var batch = new MetricBatch();
        batch.BeginPush();
        var name = batch.Symbols.Intern("up");
        batch.BeginSeries(batch.AddFamily(name, MetricType.Gauge), name);
        batch.AddSample(new Sample(Sample.NoTimestamp, 1));
        batch.EndSeries();

        Assert.Equal("# TYPE up gauge\nup 1\n# EOF\n", Write(batch));
    }

    [Fact]
    public void What_is_written_is_read_as_the_same_families_and_series()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var pushed = OpenMetricsOutcome.Parse(Encoding.UTF8.GetBytes(new OpenMetricsBodies(seed).Valid()));
            var written = Write(pushed);
            var read = OpenMetricsOutcome.Parse(Encoding.UTF8.GetBytes(written));

            Assert.Equal(OpenMetricsOutcome.SeriesOf(pushed).Order(StringComparer.Ordinal), OpenMetricsOutcome.SeriesOf(read).Order(StringComparer.Ordinal));
            Assert.Equal(OpenMetricsOutcome.FamiliesOf(pushed).Order(StringComparer.Ordinal), OpenMetricsOutcome.FamiliesOf(read).Order(StringComparer.Ordinal));
            Assert.Equal(written, Write(read));
        }
    }

    [Fact]
    public async Task What_is_pushed_is_good_text_of_the_older_format_too()
    {
        var batch = new MetricBatch();
        batch.BeginPush();
        var body = Encoding.UTF8.GetBytes(new OpenMetricsBodies(3).Valid(families: 100));
        var context = new ParseContext(PushLimits.Default, Sample.NoTimestamp);
        Assert.True(OpenMetricsReader.TryRead(body, batch, context, out _, out var error), error?.Detail);
        var output = new ArrayBufferWriter<byte>();
        new PrometheusTextWriter(batch, null).WriteAll(output);

        var result = await PromTool.CheckMetricsAsync(Encoding.UTF8.GetString(output.WrittenSpan));

        // 3: parsed, with remarks on style.
        Assert.True(result.ExitCode is 0 or 3, result.Output);
    }

    internal static string Write(MetricBatch batch)
    {
        var output = new ArrayBufferWriter<byte>();
        new OpenMetricsWriter(batch, null).WriteAll(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
