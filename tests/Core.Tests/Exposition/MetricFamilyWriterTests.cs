using System.Buffers;
using PushGateway.Core.Tests.Formats.Protobuf;
using PushGateway.Core.Tests.Formats.Text;
using PushGateway.Exposition;
using PushGateway.Formats.Text;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Reference.ClientModel;
using Xunit;
using MetricFamily = PushGateway.Reference.ClientModel.MetricFamily;
using MetricType = PushGateway.Reference.ClientModel.MetricType;

namespace PushGateway.Core.Tests.Exposition;

public sealed class MetricFamilyWriterTests
{
    private const int Seeds = 500;

    [Fact]
    public void The_reference_decodes_what_was_pushed()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var pushed = ProtobufOutcome.Parse(RandomFamilies.Encode(new RandomFamilies(seed).Next()));
            var families = Decode(Write(pushed));

            Assert.Equal(Sorted(TextOutcome.SeriesOf(pushed)), Sorted(FamilyModel.SeriesOf(families, TextOutcome.ReceivedMs)));
            Assert.Equal(families.Select(family => family.Name).Order(StringComparer.Ordinal), families.Select(family => family.Name));
        }
    }

    [Fact]
    public void What_is_written_is_read_back_and_written_the_same()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var body = Write(ProtobufOutcome.Parse(RandomFamilies.Encode(new RandomFamilies(seed).Next())));
            Assert.Equal(body, Write(ProtobufOutcome.Parse(body)));
        }
    }

    [Fact]
    public void Everything_that_text_can_say_is_written_so_that_the_reference_reads_it()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var pushed = TextOutcome.Parse(new TextBodies(seed).Valid());
            var samples = FamilyModel.SeriesOf(Decode(Write(pushed)), TextOutcome.ReceivedMs).Select(series => (series.Name, series.Labels, series.TimestampMs)).ToHashSet();
            Assert.All(TextOutcome.SeriesOf(pushed), series => Assert.Contains((series.Name, series.Labels, series.TimestampMs), samples));
        }
    }

    [Fact]
    public void A_histogram_is_put_together_by_labels_and_timestamp()
    {
        var families = Decode(Write(TextOutcome.Parse("""
            # TYPE h histogram
            h_count{a="1"} 3 5
            h_bucket{a="1",le="2"} 2 5
            h_bucket{a="1",le="1"} 1.5 5
            h_bucket{a="1",le="1"} 1 6
            h_sum{a="2"} 7 5
            h_sum{a="1"} 4 5

            """u8)));

        var expected = new MetricFamily
        {
            Name = "h",
            Type = MetricType.Histogram,
            Metric =
            {
                new Metric
                {
                    Label = { new LabelPair { Name = "a", Value = "1" } },
                    TimestampMs = 5,
                    Histogram = new Histogram
                    {
                        SampleCount = 3,
                        SampleSum = 4,
                        Bucket = { new Bucket { UpperBound = 1, CumulativeCountFloat = 1.5 }, new Bucket { UpperBound = 2, CumulativeCount = 2 } },
                    },
                },
                new Metric
                {
                    Label = { new LabelPair { Name = "a", Value = "1" } },
                    TimestampMs = 6,
                    Histogram = new Histogram { Bucket = { new Bucket { UpperBound = 1, CumulativeCount = 1 } } },
                },
                new Metric { Label = { new LabelPair { Name = "a", Value = "2" } }, TimestampMs = 5, Histogram = new Histogram { SampleSum = 7 } },
            },
        };
        Assert.Equal([expected], families);
    }

    [Fact]
    public void A_missing_count_is_that_of_the_infinite_bucket()
    {
        var histogram = Assert.Single(Decode(Write(TextOutcome.Parse("# TYPE h histogram\nh_bucket{le=\"+Inf\"} 4\n"u8)))).Metric[0].Histogram;
        Assert.Equal(4UL, histogram.SampleCount);
    }

    [Fact]
    public void Families_of_differing_types_are_untyped_under_the_names_of_their_series()
    {
        var batch = new MetricBatch();
        Push(batch, "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_sum 2\nh_count 1\n"u8);
        Push(batch, "# TYPE h gauge\nh{a=\"x\"} 5\n"u8);

        Assert.Equal(
            ["h Untyped 1", "h_bucket Untyped 1", "h_count Untyped 1", "h_sum Untyped 1"],
            Decode(Write(batch)).Select(family => $"{family.Name} {family.Type} {family.Metric.Count}"));
    }

    [Fact]
    public void What_is_no_part_of_a_histogram_is_untyped()
    {
        var batch = new MetricBatch();
        batch.BeginPush();
        var name = batch.Symbols.Intern("h");
        batch.BeginSeries(batch.AddFamily(name, Model.MetricType.Histogram), name);
        batch.AddSample(new Sample(Sample.NoTimestamp, 5));
        batch.EndSeries();

        var expected = new MetricFamily { Name = "h", Type = MetricType.Untyped, Metric = { new Metric { Untyped = new Untyped { Value = 5 } } } };
        Assert.Equal([expected], Decode(Write(batch)));
    }

    [Fact]
    public void Help_unit_and_type_are_written_and_an_empty_batch_is_nothing()
    {
        var batch = new MetricBatch();
        Assert.Empty(Write(batch));
        batch.BeginPush();
        var name = batch.Symbols.Intern("x_seconds");
        batch.BeginSeries(batch.AddFamily(name, Model.MetricType.StateSet, batch.Symbols.Intern("ü"), batch.Symbols.Intern("seconds")), name);
        batch.AddSample(new Sample(-1, double.NegativeInfinity));
        batch.EndSeries();

        var expected = new MetricFamily
        {
            Name = "x_seconds",
            Help = "ü",
            Unit = "seconds",
            Type = MetricType.Gauge,
            Metric = { new Metric { TimestampMs = -1, Gauge = new Gauge { Value = double.NegativeInfinity } } },
        };
        Assert.Equal([expected], Decode(Write(batch)));
    }

    private static void Push(MetricBatch batch, ReadOnlySpan<byte> text)
    {
        batch.BeginPush();
        Assert.True(PrometheusTextReader.TryRead(text, batch, new ParseContext(PushLimits.Default, Sample.NoTimestamp), out _, out _));
    }

    private static byte[] Write(MetricBatch batch)
    {
        var output = new ArrayBufferWriter<byte>();
        new MetricFamilyWriter(batch, null).WriteAll(output);
        return output.WrittenSpan.ToArray();
    }

    private static List<MetricFamily> Decode(byte[] body)
    {
        using var stream = new MemoryStream(body);
        var families = new List<MetricFamily>();
        while (stream.Position < stream.Length)
        {
            families.Add(MetricFamily.Parser.ParseDelimitedFrom(stream));
        }

        return families;
    }

    private static List<string> Sorted(IEnumerable<ReferenceSeries> series) => [.. series.Select(one => one.ToString()).Order(StringComparer.Ordinal)];
}
