using System.Text;
using Google.Protobuf;
using PushGateway.Core.Tests.Formats.Text;
using PushGateway.Formats.Protobuf;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Reference.ClientModel;
using Xunit;
using MetricFamily = PushGateway.Reference.ClientModel.MetricFamily;
using MetricType = PushGateway.Reference.ClientModel.MetricType;
using ParseContext = PushGateway.Push.ParseContext;

namespace PushGateway.Core.Tests.Formats.Protobuf;

public sealed class MetricFamilyReaderTests
{
    private const int Seeds = 500;

    [Fact]
    public void Families_become_the_series_that_they_mean()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var families = new RandomFamilies(seed).Next();
            var batch = ProtobufOutcome.Parse(RandomFamilies.Encode(families));
            Assert.Equal(FamilyModel.SeriesOf(families, TextOutcome.ReceivedMs), TextOutcome.SeriesOf(batch));
            Assert.Equal(
                families.Select(family => (family.Name, family.Type.ToString(), family.Help)),
                batch.Families.ToArray().Select(family => (
                    batch.Symbols.GetString(family.Name), TypeName(family.Type), batch.Symbols.GetString(family.Help))));
        }
    }

    [Fact]
    public void The_same_families_as_text_become_the_same_series()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var families = new RandomFamilies(seed).Next();
            var text = TextOutcome.Parse(Encoding.UTF8.GetBytes(FamilyModel.TextOf(families)));
            Assert.Equal(TextOutcome.SeriesOf(text), TextOutcome.SeriesOf(ProtobufOutcome.Parse(RandomFamilies.Encode(families))));
        }
    }

    [Fact]
    public void Of_families_with_one_name_the_last_wins()
    {
        var first = Gauge("a", 1);
        first.Metric[0].TimestampMs = 5;
        var body = RandomFamilies.Encode(first, Gauge("b", 2), Gauge("a", 3));

        var batch = new MetricBatch();
        batch.BeginPush();
        Assert.True(MetricFamilyReader.TryRead(
            body, batch, new ParseContext(PushLimits.Default, TextOutcome.ReceivedMs), out var hasTimestamps, out _));

        Assert.Equal(["b", "a"], batch.Families.ToArray().Select(family => batch.Symbols.GetString(family.Name)));
        Assert.Equal([2, 3], batch.Samples.ToArray().Select(sample => sample.Value));
        Assert.False(hasTimestamps);
    }

    [Fact]
    public void Timestamps_are_told_even_when_they_are_0()
    {
        var family = Gauge("a", 1);
        family.Metric[0].TimestampMs = 0;
        var batch = new MetricBatch();
        batch.BeginPush();
        Assert.True(MetricFamilyReader.TryRead(
            RandomFamilies.Encode(family), batch, new ParseContext(PushLimits.Default, 7), out var hasTimestamps, out _));
        Assert.True(hasTimestamps);
        Assert.Equal(0, batch.Samples[0].TimestampMs);
    }

    [Fact]
    public void Varints_may_be_longer_than_needed_and_unknown_fields_are_passed_over()
    {
        // Length 17 in three bytes; field 1 "a"; unknown field 9 (varint); type 1 in two bytes; metric { gauge { value: 1 } }.
        byte[] body =
        [
            0x95, 0x80, 0x00, 0x0A, 0x81, 0x00, (byte)'a', 0x48, 0x05, 0x18, 0x81, 0x00,
            0x22, 0x0B, 0x12, 0x09, 0x09, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F,
        ];
        body[0] = (byte)(0x80 | (body.Length - 3));
        var batch = ProtobufOutcome.Parse(body);
        Assert.Equal(1.0, Assert.Single(batch.Samples.ToArray()).Value);
    }

    [Fact]
    public void A_value_given_in_two_parts_is_one_value()
    {
        var whole = new Histogram { SampleCount = 3, SampleSum = 2, Bucket = { new Bucket { UpperBound = 1, CumulativeCount = 1 } } };
        var rest = new Histogram { SampleSum = 4, Bucket = { new Bucket { UpperBound = 2, CumulativeCount = 2 } } };
        var metric = new Metric { Histogram = whole }.ToByteArray().Concat(new Metric { Histogram = rest }.ToByteArray()).ToArray();
        var family = new MetricFamily { Name = "h", Type = MetricType.Histogram, Metric = { Metric.Parser.ParseFrom(metric) } };
        var parts = new MetricFamily { Name = "h", Type = MetricType.Histogram }.ToByteArray()
            .Concat((byte[])[0x22, (byte)metric.Length]).Concat(metric).ToArray();

        Assert.Equal(
            FamilyModel.SeriesOf([family], TextOutcome.ReceivedMs),
            TextOutcome.SeriesOf(ProtobufOutcome.Parse([(byte)parts.Length, .. parts])));
    }

    [Fact]
    public void A_histogram_without_observations_has_its_infinite_bucket()
    {
        var batch = ProtobufOutcome.Parse(RandomFamilies.Encode(Family(MetricType.Histogram, new Metric { Histogram = new Histogram() })));
        Assert.Equal(["m_bucket le=+Inf", "m_sum ", "m_count "], TextOutcome.SeriesOf(batch).Select(series => $"{series.Name} {series.Labels}"));
    }

    [Fact]
    public void What_cannot_be_exposed_is_refused_with_its_place()
    {
        AssertRefused("metric family 1: it has no name", new MetricFamily { Type = MetricType.Gauge });
        AssertRefused("metric family 1 \"a b\": the name is not legal in Prometheus", new MetricFamily { Name = "a b" });
        AssertRefused("metric family 1 \"m\": unknown metric type 9", new MetricFamily { Name = "m", Type = (MetricType)9 });
        AssertRefused("metric family 1 \"m\": unknown metric type -1", new MetricFamily { Name = "m", Type = (MetricType)(-1) });
        AssertRefused("metric family 1 \"m\": metric 2 has no counter", Family(
            MetricType.Counter, new Metric { Counter = new Counter() }, new Metric { Gauge = new Gauge() }));
        AssertRefused("metric family 1 \"m\": metric 1 has no summary", Family(MetricType.Summary, new Metric()));
        AssertRefused("metric family 1 \"m\": metric 1 has no untyped", Family(MetricType.Untyped, new Metric()));
        AssertRefused("metric family 1 \"m\": metric 1 has no histogram", Family(MetricType.GaugeHistogram, new Metric()));
        AssertRefused("metric family 1 \"m\": metric 1 has a negative count", Family(
            MetricType.Histogram, new Metric { Histogram = new Histogram { SampleCountFloat = -1 } }));
        AssertRefused("metric family 1 \"m\": metric 1 has a bucket with a negative count", Family(
            MetricType.Histogram, new Metric { Histogram = new Histogram { Bucket = { new Bucket { CumulativeCountFloat = -1 } } } }));
        AssertLabelRefused("has the label \"a\" more than once", MetricType.Gauge, "a", "b", "a");
        AssertLabelRefused("has the label \"__name__\", which is reserved", MetricType.Gauge, "__name__");
        AssertLabelRefused("has the label \"le\", which is reserved", MetricType.Histogram, "le");
        AssertLabelRefused("has the label \"quantile\", which is reserved", MetricType.Summary, "quantile");
        AssertLabelRefused("has the label name \"\", which is not legal in Prometheus", MetricType.Gauge, "");
        AssertLabelRefused("has the label name \"a-b\", which is not legal in Prometheus", MetricType.Gauge, "a-b");
        var second = RandomFamilies.Encode(Gauge("a", 1), Family(MetricType.Gauge, new Metric()));
        Assert.Equal("metric family 2 \"m\": metric 1 has no gauge", ProtobufOutcome.Refuse(second).Detail);
    }

    [Fact]
    public void Text_that_is_not_UTF_8_is_refused()
    {
        var body = Encoding.Latin1.GetString(RandomFamilies.Encode(new MetricFamily
        {
            Name = "m",
            Help = "HELP",
            Metric = { new Metric { Label = { new LabelPair { Name = "l", Value = "VALUE" } }, Counter = new Counter() } },
        }));
        Assert.Equal("metric family 1 \"m\": help or unit is not UTF-8", Refuse("HELP", "HE\u00FFP"));
        Assert.Equal("metric family 1 \"m\": metric 1 has a value of the label \"l\" that is not UTF-8", Refuse("VALUE", "VAL\u00C3E"));

        string Refuse(string text, string broken) =>
            ProtobufOutcome.Refuse(Encoding.Latin1.GetBytes(body.Replace(text, broken, StringComparison.Ordinal))).Detail;
    }

    [Fact]
    public void A_body_cut_anywhere_but_between_families_is_refused()
    {
        var families = new[] { Gauge("a", 1), Gauge("b", 2) };
        var body = RandomFamilies.Encode(families);
        var boundary = RandomFamilies.Encode(families[0]).Length;
        for (var length = 1; length < body.Length; length++)
        {
            if (length != boundary)
            {
                Assert.Equal(RejectCode.ProtobufInvalid, ProtobufOutcome.Refuse(body.AsSpan(0, length)).Code);
            }
        }

        Assert.Empty(ProtobufOutcome.Parse([]).Families.ToArray());
    }

    [Fact]
    public void Damaged_bodies_are_read_or_refused()
    {
        var batch = new MetricBatch();
        var accepted = 0;
        var refused = 0;
        for (var seed = 0; seed < 20 * Seeds; seed++)
        {
            var random = new Random(seed);
            var body = RandomFamilies.Encode(new RandomFamilies(seed).Next()).ToList();
            for (var times = random.Next(1, 4); times > 0 && body.Count > 0; times--)
            {
                var at = random.Next(body.Count);
                switch (random.Next(4))
                {
                    case 0:
                        body[at] = (byte)random.Next(256);
                        break;
                    case 1:
                        body[at] ^= (byte)(1 << random.Next(8));
                        break;
                    case 2:
                        body.RemoveAt(at);
                        break;
                    default:
                        body.Insert(at, (byte)random.Next(256));
                        break;
                }
            }

            batch.Clear();
            batch.BeginPush();
            var parsed = MetricFamilyReader.TryRead(
                body.ToArray(), batch, new ParseContext(PushLimits.Default, TextOutcome.ReceivedMs), out _, out var error);
            Assert.Equal(parsed, error is null);
            (accepted, refused) = parsed ? (accepted + 1, refused) : (accepted, refused + 1);
        }

        Assert.True(accepted > Seeds / 4 && refused > Seeds, $"{accepted} accepted, {refused} refused");
    }

    [Fact]
    public void Steady_state_allocates_nothing()
    {
        var families = Enumerable.Range(0, 200).SelectMany(seed => new RandomFamilies(seed).Next()).ToList();
        for (var i = 0; i < families.Count; i++)
        {
            families[i].Name += $"_{i / 2}";
        }

        var body = RandomFamilies.Encode(families);
        var batch = new MetricBatch();
        SteadyState.AssertNoAllocation(() => ParseAgain(batch, body));
        Assert.True(batch.Series.Length > 1000);
    }

    private static void ParseAgain(MetricBatch batch, byte[] body)
    {
        batch.Clear();
        batch.BeginPush();
        MetricFamilyReader.TryRead(body, batch, new ParseContext(PushLimits.Default, TextOutcome.ReceivedMs), out _, out _);
    }

    private static MetricFamily Gauge(string name, double value) =>
        new() { Name = name, Type = MetricType.Gauge, Metric = { new Metric { Gauge = new Gauge { Value = value } } } };

    private static MetricFamily Family(MetricType type, params Metric[] metrics) => new() { Name = "m", Type = type, Metric = { metrics } };

    private static void AssertRefused(string detail, MetricFamily family)
    {
        var error = ProtobufOutcome.Refuse(RandomFamilies.Encode(family));
        Assert.Equal((RejectCode.ProtobufInvalid, detail), (error.Code, error.Detail));
    }

    private static void AssertLabelRefused(string reason, MetricType type, params string[] labels)
    {
        var metric = new Metric { Gauge = new Gauge(), Histogram = new Histogram(), Summary = new Summary() };
        metric.Label.Add(labels.Select(name => new LabelPair { Name = name, Value = "v" }));
        AssertRefused($"metric family 1 \"m\": metric 1 {reason}", Family(type, metric));
    }

    private static string TypeName(PushGateway.Model.MetricType type) =>
        type == PushGateway.Model.MetricType.Unspecified ? nameof(MetricType.Untyped) : type.ToString();
}
