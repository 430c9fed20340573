using System.Text;
using PushGateway.Formats.Text;
using PushGateway.Model;
using PushGateway.Push;
using Xunit;

namespace PushGateway.Core.Tests.Formats.Text;

public sealed class PrometheusTextReaderTests
{
    [Theory]
    // The line rule.
    [InlineData("up 1\nload 0.5", 2, "unexpected end of input stream")]
    [InlineData("up", 1, "unexpected end of input stream")]
    [InlineData("up{a", 1, "unexpected end of input stream")]
    [InlineData("up{a=\"x", 1, "unexpected end of input stream")]
    [InlineData("#", 1, "unexpected end of input stream")]
    [InlineData("# HELP up some text", 1, "unexpected end of input stream")]
    [InlineData("up 1 5", 1, "unexpected end of input stream")]
    // Names.
    [InlineData("@up 1\n", 1, "invalid metric name")]
    [InlineData("9up 1\n", 1, "invalid metric name")]
    [InlineData("\"\" 1\n", 1, "invalid metric name")]
    [InlineData("\"my.name\" 1\n", 1, "invalid metric name \"my.name\"")]
    [InlineData("{\"my.name\"} 1\n", 1, "invalid metric name \"my.name\"")]
    [InlineData("{} 1\n", 1, "invalid metric name")]
    [InlineData("{a=\"b\"} 1\n", 1, "invalid metric name")]
    [InlineData("# TYPE up gauge\n{} 1\n", 2, "invalid metric name")]
    [InlineData("\n{\"a\nb\"} 1\n", 2, "label name \"a\" contains unescaped new-line")]
    [InlineData("\"a\nb\" 1\n", 1, "metric name \"a\" contains unescaped new-line")]
    [InlineData("\"a\\tb\" 1\n", 1, "invalid escape sequence '\\t'")]
    [InlineData("{up} 1\n{up,down} 1\n", 2, "multiple metric names for metric \"up\"")]
    [InlineData("{up!} 1\n", 1, "unexpected end of metric name '!'")]
    // Labels.
    [InlineData("up{@=\"x\"} 1\n", 1, "invalid label name for metric \"up\"")]
    [InlineData("up{,} 1\n", 1, "invalid label name for metric \"up\"")]
    [InlineData("up{__name__=\"x\"} 1\n", 1, "label name \"__name__\" is reserved")]
    [InlineData("up{\"a.b\"=\"x\"} 1\n", 1, "invalid label name \"a.b\"")]
    [InlineData("up{a+=\"x\"} 1\n", 1, "expected '=' after label name, found '+'")]
    [InlineData("up{a} 1\n", 1, "expected '=' after label name, found '}'")]
    [InlineData("up{a=x} 1\n", 1, "expected '\"' at start of label value, found 'x'")]
    [InlineData("up{a=\n", 1, "expected '\"' at start of label value, found '\\n'")]
    [InlineData("up{a=\"\\t\"} 1\n", 1, "invalid escape sequence '\\t'")]
    [InlineData("up{a=\"x\ny\"} 1\n", 1, "label value \"x\" contains unescaped new-line")]
    [InlineData("up{a=\"x\"+} 1\n", 1, "unexpected end of label value \"x\"")]
    [InlineData("up{a=\"x\",a=\"y\"} 1\n", 1, "duplicate label names for metric \"up\"")]
    [InlineData("up{a=\"x\",b=\"y\"} 1\nup{b=\"x\",b=\"y\"} 1\n", 2, "duplicate label names for metric \"up\"")]
    // Values and timestamps.
    [InlineData("up\n", 1, "expected float as value, got \"\"")]
    [InlineData("up one\n", 1, "expected float as value, got \"one\"")]
    [InlineData("up 0x1p-3\n", 1, "expected float as value, got \"0x1p-3\"")]
    [InlineData("up 1e999\n", 1, "expected float as value, got \"1e999\"")]
    [InlineData("up 1\r\n", 1, "expected float as value, got \"1\\r\"")]
    [InlineData("up 1 2.5\n", 1, "expected integer as timestamp, got \"2.5\"")]
    [InlineData("up 1 \n", 1, "expected integer as timestamp, got \"\"")]
    [InlineData("up 1 9223372036854775808\n", 1, "expected integer as timestamp, got \"9223372036854775808\"")]
    [InlineData("up 1 2 3\n", 1, "spurious string after timestamp: \" 3\"")]
    [InlineData("up 1 2 \\n\n", 1, "spurious string after timestamp: \" n\"")]
    // Comments.
    [InlineData("# HELP up a\n# HELP up b\n", 2, "second HELP line for metric name \"up\"")]
    [InlineData("# HELP up a\\tb\n", 1, "invalid escape sequence '\\t'")]
    [InlineData("# TYPE up gauge\n# TYPE up gauge\n", 2, "second TYPE line for metric name \"up\", or TYPE reported after samples")]
    [InlineData("up 1\n# TYPE up gauge\n", 2, "second TYPE line for metric name \"up\", or TYPE reported after samples")]
    [InlineData("# TYPE up gouge\n", 1, "unknown metric type \"gouge\"")]
    [InlineData("# TYPE up gauge \n", 1, "unknown metric type \"gauge \"")]
    [InlineData("# TYPE u-p gauge\n", 1, "invalid metric name in comment")]
    [InlineData("# TYPE \"u.p\" gauge\n", 1, "invalid metric name \"u.p\"")]
    // Histograms and summaries.
    [InlineData("# TYPE s summary\ns{quantile=\"half\"} 1\n", 2, "expected float as value for 'quantile' label, got \"half\"")]
    [InlineData("# TYPE h histogram\nh_bucket{le=\"\"} 1\n", 2, "expected float as value for 'le' label, got \"\"")]
    [InlineData("# TYPE h histogram\nh_count -1\n", 2, "negative count for histogram \"h\"")]
    [InlineData("# TYPE h histogram\nh_bucket{le=\"1\"} -0.5\n", 2, "negative bucket population for histogram \"h\"")]
    public void Refuses_in_the_words_of_expfmt(string body, int line, string reason)
    {
        var outcome = TextOutcome.Of(Encoding.UTF8.GetBytes(body));

        Assert.Equal($"text format parsing error in line {line}: {reason}", outcome.Error);
        Assert.Equal(line, outcome.Line);
    }

    [Fact]
    public void Refuses_label_values_that_are_not_UTF8()
    {
        var outcome = TextOutcome.Of(Latin1("up{a=\"\u00bd\"} 1\n"));

        Assert.Equal("text format parsing error in line 1: invalid label value \"\\xbd\"", outcome.Error);
    }

    [Fact]
    public void Accepts_help_that_is_not_UTF8_and_makes_it_so()
    {
        var batch = TextOutcome.Parse(Latin1("# HELP up \u00bd\nup{a=\"x\"} 1\n"));
        Assert.Equal("\uFFFD"u8, batch.Symbols[batch.Families[0].Help]);
    }

    [Theory]
    [InlineData("up 1", "up", "", 1.0)]
    [InlineData("up\t{ a = \"x\" , b=\"y\",} \t1", "up", "a=x|b=y", 1.0)]
    [InlineData("up{b=\"y\",a=\"x\"}1", "up", "a=x|b=y", 1.0)]
    [InlineData("up{a=\"\"} 1", "up", "", 1.0)]
    [InlineData("up+1", "up", "", 1.0)]
    [InlineData("\"up\" 1", "up", "", 1.0)]
    [InlineData("{up,a=\"x\"} 1", "up", "a=x", 1.0)]
    [InlineData("{a=\"x\",\"up\"} 1", "up", "a=x", 1.0)]
    [InlineData("up{a=\"\\\\ \\\" \\n\"} 1", "up", "a=\\ \" \n", 1.0)]
    // In their families bounds take Go's form, and lines that are no part of one are left out.
    [InlineData("# TYPE h histogram\nh_bucket{le=\"1000000.0\"} 1", "h_bucket", "le=1e+06", 1.0)]
    [InlineData("# TYPE h histogram\nh{a=\"x\",le=\"inf\"} 1", "h_bucket", "a=x|le=+Inf", 1.0)]
    [InlineData("# TYPE h histogram\nh_sum{le=\"1\"} 1", "h_sum", "", 1.0)]
    [InlineData("# TYPE h histogram\nh 1\nh_bucket 1\nh_bucket{le=\"NaN\"} 1\nh_count 1", "h_count", "", 1.0)]
    [InlineData("# TYPE s summary\ns{quantile=\".50\"} 1", "s", "quantile=0.5", 1.0)]
    [InlineData("# TYPE s summary\ns 3\ns_count 1.9", "s_count", "", 1.0)]
    [InlineData("# TYPE s summary\ns_count -1.5", "s_count", "", -1.5)]
    public void Reads_one_series(string body, string name, string labels, double value)
    {
        var series = Assert.Single(TextOutcome.SeriesOf(TextOutcome.Parse(Encoding.UTF8.GetBytes(body + "\n"))));

        Assert.Equal((name, labels, value), (series.Name, series.Labels, BitConverter.Int64BitsToDouble(series.ValueBits)));
    }

    [Fact]
    public void Families_take_help_and_type_from_anywhere_above_or_below()
    {
        var batch = TextOutcome.Parse("# TYPE up gauge\nup 1\n# HELP up is it\\nup\\\\?\nload 2\n"u8);

        Assert.Equal(2, batch.Families.Length);
        Assert.Equal(MetricType.Gauge, batch.Families[0].Type);
        Assert.Equal("is it\nup\\?", batch.Symbols.GetString(batch.Families[0].Help));
        Assert.Equal(MetricType.Unspecified, batch.Families[1].Type);
        Assert.Equal(0, batch.Families[1].Help);
    }

    [Fact]
    public void Samples_without_a_timestamp_have_the_time_of_receipt()
    {
        var body = "a 1\nb 1 +1234\nc 1 -5\n"u8;
        var batch = TextOutcome.Parse(body);

        Assert.Equal([TextOutcome.ReceivedMs, 1234, -5], batch.Samples.ToArray().Select(sample => sample.TimestampMs));
        Assert.Equal(2, TextOutcome.Of(body).TimestampLine);
    }

    [Theory]
    [InlineData("up 1\n\n{} 2\n", 3)]
    [InlineData("up 1\n{a=\"x\"} 2\n", 2)]
    [InlineData("# TYPE s summary\ns{quantile=\"0.5\"} 1\n{quantile=\"0.9\"} 2\n", 0)]
    [InlineData("{up} 1\n{up} 2\n", 0)]
    public void Samples_that_continue_the_metric_above_are_told(string body, int line) =>
        Assert.Equal(line, TextOutcome.Of(Encoding.UTF8.GetBytes(body)).NamelessLine);

    [Fact]
    public void Grouping_labels_take_the_place_of_pushed_ones()
    {
        var batch = new MetricBatch();
        batch.BeginPush(new Label(batch.Symbols.Intern("job"), batch.Symbols.Intern("backup")));
        var context = new ParseContext(PushLimits.Default, 0);
        Assert.True(PrometheusTextReader.TryRead("up{job=\"other\",a=\"x\"} 1\n"u8, batch, context, out _, out _));

        Assert.Equal("a=x|job=backup", Assert.Single(TextOutcome.SeriesOf(batch)).Labels);
    }

    [Fact]
    public void Many_labels_are_told_apart()
    {
        var labels = string.Join(',', Enumerable.Range(0, 100).Select(i => $"l{i}=\"v\""));

        Assert.Equal(100, TextOutcome.Parse(Encoding.UTF8.GetBytes($"up{{{labels}}} 1\nup{{{labels}}} 1\n")).Series[1].LabelCount);
        Assert.Equal(
            "text format parsing error in line 1: duplicate label names for metric \"up\"",
            TextOutcome.Of(Encoding.UTF8.GetBytes($"up{{{labels},l40=\"v\"}} 1\n")).Error);
    }

    [Fact]
    public void Steady_state_allocates_nothing()
    {
        var body = SteadyBody();
        var batch = new MetricBatch();
        var context = new ParseContext(PushLimits.Default, TextOutcome.ReceivedMs);
        SteadyState.AssertNoAllocation(() => ParseAgain(batch, body, context));
        Assert.True(batch.Series.Length > 1000);
    }

    private static void ParseAgain(MetricBatch batch, byte[] body, in ParseContext context)
    {
        batch.Clear();
        batch.BeginPush();
        PrometheusTextReader.TryRead(body, batch, context, out _, out _);
    }

    private static byte[] SteadyBody()
    {
        var body = new StringBuilder();
        for (var seed = 0; body.Length < 100_000; seed++)
        {
            var name = $"metric_{seed}";
            body.Append($"# HELP {name} Escaped \\\\ help.\n# TYPE {name} histogram\n");
            for (var bucket = 1; bucket < 10; bucket++)
            {
                body.Append($"{name}_bucket{{path=\"/{seed % 7}\",note=\"a \\\"b\\\"\",le=\"{bucket}.50\"}} ");
                body.Append($"{bucket * 1e7} {TextOutcome.ReceivedMs}\n");
            }

            body.Append($"{name}_sum{{path=\"/{seed % 7}\"}} 17.25000000000000000001\n{{{name}_count,path=\"/\"}} 3\n");
        }

        return Encoding.UTF8.GetBytes(body.ToString());
    }

    private static byte[] Latin1(string text) => Encoding.Latin1.GetBytes(text);
}
