using System.Text;
using PushGateway.Formats.OpenMetrics;
using PushGateway.Formats.Prometheus;
using PushGateway.Model;
using PushGateway.Push;
using Xunit;

namespace PushGateway.Core.Tests.Formats.OpenMetrics;

public sealed class OpenMetricsReaderTests
{
    [Theory]
    // The exposition.
    [InlineData("", 1, "the last line is not \"# EOF\"")]
    [InlineData("a 1\n", 1, "the last line is not \"# EOF\"")]
    [InlineData("a 1", 1, "the last line is not \"# EOF\"")]
    [InlineData("a 1\n\n# EOF\n", 2, "blank line")]
    [InlineData("a 1\n# EOF\n\n", 3, "there is more after \"# EOF\"")]
    [InlineData("# EOF\na 1\n", 2, "there is more after \"# EOF\"")]
    [InlineData("# EOF \n", 1, "a line that begins with '#' is neither TYPE nor HELP nor UNIT nor EOF")]
    [InlineData("# a comment\n# EOF\n", 1, "a line that begins with '#' is neither TYPE nor HELP nor UNIT nor EOF")]
    [InlineData("a 1\r\n# EOF\n", 1, "expected a number as value, got \"1\\r\"")]
    [InlineData("\uFEFFa 1\n# EOF\n", 1, "invalid metric name")]
    // Metadata.
    [InlineData("# TYPE a\n# EOF\n", 1, "nothing follows the metric name \"a\"")]
    [InlineData("# TYPE a.b gauge\n# EOF\n", 1, "invalid metric name \"a.b\"")]
    [InlineData("# TYPE a untyped\n# EOF\n", 1, "unknown metric type \"untyped\"")]
    [InlineData("# TYPE a Gauge\n# EOF\n", 1, "unknown metric type \"Gauge\"")]
    [InlineData("# TYPE a gauge \n# EOF\n", 1, "unknown metric type \"gauge \"")]
    [InlineData("# TYPE a gauge\n# TYPE a gauge\n# EOF\n", 2, "second TYPE line for metric \"a\"")]
    [InlineData("# HELP a x\n# HELP a x\n# EOF\n", 2, "second HELP line for metric \"a\"")]
    [InlineData("# UNIT a_s s\n# UNIT a_s s\n# EOF\n", 2, "second UNIT line for metric \"a_s\"")]
    [InlineData("a 1\n# TYPE a gauge\n# EOF\n", 2, "metadata of \"a\" after its samples")]
    [InlineData("# TYPE foo counter\n# UNIT foo seconds\n# EOF\n", 2, "unit \"seconds\" is not the suffix of metric name \"foo\"")]
    [InlineData("# UNIT aseconds seconds\n# EOF\n", 1, "unit \"seconds\" is not the suffix of metric name \"aseconds\"")]
    [InlineData("# UNIT a_u u\n# TYPE a_u info\n# EOF\n", 1, "metric \"a_u\" of a type that has no unit has one")]
    // Families.
    [InlineData("a 1\nb 1\na{x=\"y\"} 1\n# EOF\n", 3, "the name \"a\" belongs to a metric family above")]
    [InlineData("# TYPE a counter\na_total 1\n# TYPE a_created gauge\n# EOF\n", 3, "the name \"a_created\" belongs to a metric family above")]
    [InlineData("# TYPE a_created gauge\n# TYPE a counter\n# EOF\n", 2, "a sample name of metric \"a\" belongs to a metric family above")]
    [InlineData("# TYPE a counter\na 1\n# EOF\n", 2, "a counter has no sample without a suffix, as \"a\"")]
    // Names and labels.
    [InlineData("9a 1\n# EOF\n", 1, "invalid metric name")]
    [InlineData("a-b 1\n# EOF\n", 1, "invalid metric name")]
    [InlineData(" a 1\n# EOF\n", 1, "invalid metric name")]
    [InlineData("a{b} 1\n# EOF\n", 1, "expected '=' and '\"' after label name \"b\"")]
    [InlineData("a{b=x} 1\n# EOF\n", 1, "expected '=' and '\"' after label name \"b\"")]
    [InlineData("a{1=\"x\"} 1\n# EOF\n", 1, "expected a label name")]
    [InlineData("a{b=\"x\",} 1\n# EOF\n", 1, "expected a label name")]
    [InlineData("a{ b=\"x\"} 1\n# EOF\n", 1, "expected a label name")]
    [InlineData("a{b=\"x\" ,c=\"y\"} 1\n# EOF\n", 1, "expected ',' or '}' after a label value")]
    [InlineData("a{b=\"x} 1\n# EOF\n", 1, "the value of label \"b\" has no closing quote")]
    [InlineData("a{b=\"x\\\"} 1\n# EOF\n", 1, "the value of label \"b\" has no closing quote")]
    [InlineData("a{b=\"x\",b=\"y\"} 1\n# EOF\n", 1, "a label name stands twice")]
    [InlineData("a{__name__=\"x\"} 1\n# EOF\n", 1, "label name \"__name__\" is reserved")]
    // Values and timestamps.
    [InlineData("a\n# EOF\n", 1, "expected a space before the value")]
    [InlineData("a{b=\"x\"}1\n# EOF\n", 1, "expected a space before the value")]
    [InlineData("a  1\n# EOF\n", 1, "expected a number as value, got \"\"")]
    [InlineData("a 0x1p-3\n# EOF\n", 1, "expected a number as value, got \"0x1p-3\"")]
    [InlineData("a 1_2\n# EOF\n", 1, "expected a number as value, got \"1_2\"")]
    [InlineData("a 1 \n# EOF\n", 1, "expected a number as timestamp, got \"\"")]
    [InlineData("a 1 z\n# EOF\n", 1, "expected a number as timestamp, got \"z\"")]
    [InlineData("a 1 Inf\n# EOF\n", 1, "timestamp Infinity is out of range")]
    [InlineData("a 1 NaN\n# EOF\n", 1, "timestamp NaN is out of range")]
    [InlineData("a 1 1e300\n# EOF\n", 1, "timestamp 1E+300 is out of range")]
    [InlineData("a 1 1 1\n# EOF\n", 1, "expected the end of the line, or an exemplar")]
    // Exemplars.
    [InlineData("# TYPE a gauge\na 1 # {b=\"x\"} 1\n# EOF\n", 2, "an exemplar stands at a sample that is neither a bucket nor a counter")]
    [InlineData("# TYPE a counter\na_total 1 #{} 1\n# EOF\n", 2, "expected the end of the line, or an exemplar")]
    [InlineData("# TYPE a counter\na_total 1 # {}\n# EOF\n", 2, "expected a space before the value of an exemplar")]
    [InlineData("# TYPE a counter\na_total 1 # {b=\"x\",b=\"x\"} 1\n# EOF\n", 2, "a label name stands twice")]
    [InlineData("# TYPE a counter\na_total 1 # {} 1 NaN\n# EOF\n", 2, "timestamp NaN is out of range")]
    [InlineData("# TYPE a counter\na_total 1 # {} 1 1 \n# EOF\n", 2, "expected the end of the line after an exemplar")]
    // The rules of each type.
    [InlineData("# TYPE a counter\na_total NaN\n# EOF\n", 2, "the value of a counter, sum or count is NaN")]
    [InlineData("# TYPE a counter\na_total -1\n# EOF\n", 2, "the value of a counter, sum or count is negative")]
    [InlineData("# TYPE a info\na_info{b=\"x\"} 2\n# EOF\n", 2, "the value of an info is not 1")]
    [InlineData("# TYPE a stateset\na{b=\"x\"} 1\n# EOF\n", 2, "label \"a\" is missing")]
    [InlineData("# TYPE a stateset\na{a=\"x\"} 2\n# EOF\n", 2, "the value of a state is neither 0 nor 1")]
    [InlineData("# TYPE a stateset\na{a=\"x\"} 1\na{a=\"x\"} 1\n# EOF\n", 3, "a sample stands twice")]
    [InlineData("# TYPE a summary\na 1\n# EOF\n", 2, "label \"quantile\" is missing")]
    [InlineData("# TYPE a summary\na{quantile=\"1.01\"} 1\n# EOF\n", 2, "quantile is not between 0 and 1: \"1.01\"")]
    [InlineData("# TYPE a summary\na{quantile=\"half\"} 1\n# EOF\n", 2, "quantile is not a number: \"half\"")]
    [InlineData("# TYPE a summary\na{quantile=\"0.5\"} -1\n# EOF\n", 2, "the value of a quantile is negative")]
    [InlineData("# TYPE a summary\na_count 1.5\n# EOF\n", 2, "the value of a bucket or count is not an integer")]
    [InlineData("# TYPE a histogram\na_bucket 1\n# EOF\n", 2, "label \"le\" is missing")]
    [InlineData("# TYPE a histogram\na_bucket{le=\"NaN\"} 1\n# EOF\n", 2, "le is not a number: \"NaN\"")]
    [InlineData("# TYPE a histogram\na_bucket{le=\"+INF\"} 1\n# EOF\n", 2, "le is not \"+Inf\": \"+INF\"")]
    [InlineData("# TYPE a histogram\na_bucket{le=\"2\"} 0\na_bucket{le=\"1\"} 0\n# EOF\n", 3, "buckets are not in increasing order of le")]
    [InlineData("# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"2\"} 1\n# EOF\n", 3, "the value of a bucket is less than that of the bucket before it")]
    [InlineData("# TYPE a histogram\na_bucket{le=\"1\"} 0\n# EOF\n", 2, "metric \"a\": a histogram has no +Inf bucket")]
    [InlineData("# TYPE a histogram\na_bucket{le=\"+Inf\"} 0\na_sum 0\nb 1\n# EOF\n", 3, "metric \"a\": a histogram has one of sum and count without the other")]
    [InlineData("# TYPE a histogram\na_bucket{le=\"+Inf\"} 0\na_sum 0\na_count 1\n# EOF\n", 4, "metric \"a\": the count of a histogram is not the value of its +Inf bucket")]
    [InlineData("# TYPE a histogram\na_bucket{le=\"-1\"} 0\na_bucket{le=\"+Inf\"} 0\na_sum 0\na_count 0\n# EOF\n", 5, "metric \"a\": a histogram with negative buckets has a sum")]
    [InlineData("# TYPE a gaugehistogram\na_bucket{le=\"+Inf\"} 0\na_gcount 0\na_gsum -1\n# EOF\n", 4, "metric \"a\": a gauge histogram without negative buckets has a negative sum")]
    // Order.
    [InlineData("# TYPE a gauge\na{b=\"1\"} 0\na{b=\"2\"} 0\na{b=\"1\"} 0 1\n# EOF\n", 4, "a metric continues after another one")]
    [InlineData("# TYPE a summary\na_count{b=\"1\"} 0 123\na_count{b=\"2\"} 0 123\na_count{b=\"1\"} 0 456\n# EOF\n", 4, "a metric continues after another one")]
    [InlineData("# TYPE a summary\na_count 0 123\na_count 0 456\na_sum 0 123\n# EOF\n", 4, "the timestamps of a metric go backwards")]
    [InlineData("# TYPE a gauge\na 1\na 1 1\n# EOF\n", 3, "a metric has samples with and without timestamps")]
    [InlineData("# TYPE a gauge\na 1 2\na 2 2\n# EOF\n", 3, "a sample stands twice")]
    public void Refuses_with_line_and_reason(string body, int line, string reason)
    {
        var error = OpenMetricsOutcome.ErrorOf(Encoding.UTF8.GetBytes(body));

        Assert.NotNull(error);
        Assert.Equal($"openmetrics format parsing error in line {line}: {reason}", error.Detail);
        Assert.Equal((RejectCode.OpenMetricsInvalid, line), (error.Code, error.Line));
    }

    [Fact]
    public void Refuses_what_is_not_UTF8() => Assert.Equal(
        "openmetrics format parsing error in line 2: not valid UTF-8",
        OpenMetricsOutcome.ErrorOf(Encoding.Latin1.GetBytes("a 1\nb{c=\"\u00bd\"} 1\n# EOF\n"))?.Detail);

    [Theory]
    [InlineData(120, true)]
    [InlineData(121, false)]
    public void Exemplars_have_at_most_128_characters(int characters, bool isValid)
    {
        var value = new string('\u00e9', characters);
        var body = Encoding.UTF8.GetBytes($"# TYPE a counter\na_total 1 1 # {{trace_id=\"{value}\"}} 0.5 1\n# EOF");
        Assert.Equal(isValid, OpenMetricsOutcome.ErrorOf(body) is null);
    }

    [Theory]
    // The specification's examples, as bodies of this test.
    [InlineData("# TYPE foo gauge\nfoo 17.0 123\nfoo 18.0 456\n", "foo{} 17 123000|foo{} 18 456000")]
    [InlineData("# TYPE foo gauge\n", "")]
    [InlineData("foo{} 42.23 1520879607.789\n", "foo{} 42.23 1520879607789")]
    [InlineData("# TYPE foo counter\nfoo_total 17.0 2 # {id=\"}\"} 1 2\nfoo_created 1520430000.123 2\n", "foo_total{} 17 2000|foo_created{} 1520430000.123 2000")]
    [InlineData("# TYPE foo stateset\nfoo{e=\"c\",foo=\"a\"} 1.0 1\nfoo{foo=\"bb\",e=\"c\"} 0.0 1\n", "foo{e=c|foo=a} 1 1000|foo{e=c|foo=bb} 0 1000")]
    [InlineData("# TYPE foo info\nfoo_info{name=\"pretty name\"} 1 1\n", "foo_info{name=pretty name} 1 1000")]
    [InlineData("# TYPE foo summary\nfoo_count 17.0 1\nfoo{quantile=\"0.95\"} NaN 1\n", "foo_count{} 17 1000|foo{quantile=0.95} NaN 1000")]
    [InlineData("# TYPE foo histogram\nfoo_bucket{le=\"1e-05\"} 0 1\nfoo_bucket{le=\"+Inf\"} 8 1 # {} 0.054\n", "foo_bucket{le=1e-05} 0 1000|foo_bucket{le=+Inf} 8 1000")]
    [InlineData("# TYPE foo gaugehistogram\nfoo_bucket{le=\"+Inf\"} 2 1\nfoo_gcount 2 1\nfoo_gsum 3.5 1\n", "foo_bucket{le=+Inf} 2 1000|foo_gcount{} 2 1000|foo_gsum{} 3.5 1000")]
    // Numbers and escapes.
    [InlineData("a +inf -.5e0\n", "a{} Infinity -500")]
    [InlineData("a{b=\"\\\\a\\\"\\n\\x\"} 0042 1.\n", "a{b=\\a\"\n\\x} 42 1000")]
    [InlineData("a{b=\"\",c=\"\"} 1 0\n", "a{} 1 0")]
    // Of points in the same millisecond the first is kept.
    [InlineData("a 1 1.0001\na 2 1.0002\na 3 1.001\n", "a{} 1 1000|a{} 3 1001")]
    public void Reads_series(string body, string series) => Assert.Equal(
        series, string.Join('|', OpenMetricsOutcome.SeriesOf(OpenMetricsOutcome.Parse(Encoding.UTF8.GetBytes(body + "# EOF\n")))));

    [Fact]
    public void Reads_the_complete_exposition_of_the_specification()
    {
        var batch = OpenMetricsOutcome.Parse("""
            # TYPE acme_http_router_request_seconds summary
            # UNIT acme_http_router_request_seconds seconds
            # HELP acme_http_router_request_seconds Latency though all of ACME's "HTTP" request router.
            acme_http_router_request_seconds_sum{path="/api/v1",method="GET"} 9036.32
            acme_http_router_request_seconds_count{path="/api/v1",method="GET"} 807283.0
            acme_http_router_request_seconds_created{path="/api/v1",method="GET"} 1605281325.0
            # TYPE go_goroutines gauge
            # HELP go_goroutines Goroutines.\nMany \"of\" \them.
            go_goroutines 69
            # TYPE process_cpu_seconds counter
            # UNIT process_cpu_seconds seconds
            process_cpu_seconds_total 4.20072246e+06
            # EOF
            """u8);

        const string help = "Latency though all of ACME's \"HTTP\" request router.";
        Assert.Equal(
            [
                $"acme_http_router_request_seconds Summary {help} seconds",
                $"acme_http_router_request_seconds_created Gauge {help}",
                "go_goroutines Gauge Goroutines.\nMany \"of\" \\them.",
                "process_cpu_seconds_total Counter  seconds",
            ],
            OpenMetricsOutcome.FamiliesOf(batch));
        Assert.Equal(5, batch.Series.Length);
        Assert.All(batch.Samples.ToArray(), sample => Assert.Equal(OpenMetricsOutcome.ReceivedMs, sample.TimestampMs));
    }

    [Fact]
    public void Families_are_those_that_the_names_of_the_series_give()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var batch = OpenMetricsOutcome.Parse(Encoding.UTF8.GetBytes(new OpenMetricsBodies(seed).Valid()));
            foreach (var series in batch.Series)
            {
                var family = batch.Families[series.Family];
                var name = batch.Symbols[series.Name];
                var hasQuantile = batch.LabelsOf(series).ToArray().Any(label => batch.Symbols.GetString(label.Name) == "quantile");
                var suffix = SeriesRoles.SuffixLength(name, family.Type, hasQuantile);
                Assert.Equal(batch.Symbols.GetString(family.Name), Encoding.UTF8.GetString(name[..^suffix]));
            }
        }
    }

    [Fact]
    public void Steady_state_allocates_nothing()
    {
        var body = Encoding.UTF8.GetBytes(new OpenMetricsBodies(1).Valid(families: 200));
        var batch = new MetricBatch();
        var context = new ParseContext(PushLimits.Default, OpenMetricsOutcome.ReceivedMs);
        SteadyState.AssertNoAllocation(() => ParseAgain(batch, body, context));
        Assert.True(batch.Series.Length > 500);
    }

    private static void ParseAgain(MetricBatch batch, byte[] body, in ParseContext context)
    {
        batch.Clear();
        batch.BeginPush();
        OpenMetricsReader.TryRead(body, batch, context, out _, out _);
    }
}
