using System.Buffers;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using PushGateway.Core.Tests.Formats.Text;
using PushGateway.Core.Tests.Groups;
using PushGateway.Exposition;
using PushGateway.Formats.Text;
using PushGateway.Groups;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Reference.ClientModel;
using Xunit;
using MetricFamily = PushGateway.Reference.ClientModel.MetricFamily;

namespace PushGateway.Core.Tests.Exposition;

/// <summary>What is read from a group store, in every format. Protobuf is read by Google's classes.</summary>
public sealed class ExpositionWriterTests
{
    private const long NowMs = 1_700_000_000_000;

    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(NowMs + 60_000));
    private readonly MemoryGroupStore _store;

    public ExpositionWriterTests() => _store = new MemoryGroupStore(GroupStoreOptions.Default, _time);

    [Fact]
    public void Series_of_groups_have_an_instance_and_others_do_not()
    {
        Push("job/j", 1, "m 1\nm{instance=\"own\"} 2\nm{a=\"1\",z=\"2\"} 3\n");
        Push("job/j/instance/path", 2, "m 4\n");
        Push(null, 3, "m 5\n");

        Assert.Equal(
            """
            # TYPE m untyped
            m 5 1700000000003
            m{a="1",instance="",job="j",z="2"} 3
            m{instance="own",job="j"} 2
            m{instance="path",job="j"} 4
            m{instance="",job="j"} 1

            """,
            WithoutPushTimes(Write(ExpositionFormat.Text)));
        Assert.Equal(
            """
            # TYPE m unknown
            m 5 1700000000.003
            m{a="1",instance="",job="j",z="2"} 3
            m{instance="own",job="j"} 2
            m{instance="path",job="j"} 4
            m{instance="",job="j"} 1
            # EOF

            """,
            WithoutPushTimes(Write(ExpositionFormat.OpenMetrics)));
        Assert.Equal(
            ["m{} 5", "m{a=1,instance=,job=j,z=2} 3", "m{instance=own,job=j} 2", "m{instance=path,job=j} 4", "m{instance=,job=j} 1"],
            Decode(Write(ExpositionFormat.Protobuf)).Single(family => family.Name == "m").Metric.Select(metric => $"m{LabelsOf(metric)} {metric.Untyped.Value}"));
    }

    [Fact]
    public void Histograms_and_summaries_keep_their_shape_beside_the_empty_instance()
    {
        Push("job/j", 1, "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum 3\nh_count 2\n# TYPE s summary\ns{quantile=\"0.5\"} 4\ns_sum 5\ns_count 6\n");

        var families = Decode(Write(ExpositionFormat.Protobuf)).ToDictionary(family => family.Name);
        var histogram = Assert.Single(families["h"].Metric);
        var summary = Assert.Single(families["s"].Metric);
        Assert.Equal(("{instance=,job=j}", "{instance=,job=j}"), (LabelsOf(histogram), LabelsOf(summary)));
        Assert.Equal([1d, double.PositiveInfinity], histogram.Histogram.Bucket.Select(bucket => bucket.UpperBound));
        Assert.Equal((2ul, 3d, 6ul, 5d), (histogram.Histogram.SampleCount, histogram.Histogram.SampleSum, summary.Summary.SampleCount, summary.Summary.SampleSum));
        Assert.Contains("s{instance=\"\",job=\"j\",quantile=\"0.5\"} 4\n", Encoding.UTF8.GetString(Write(ExpositionFormat.Text)), StringComparison.Ordinal);
        Assert.Contains("h_bucket{instance=\"\",job=\"j\",le=\"1.0\"} 1\n", Encoding.UTF8.GetString(Write(ExpositionFormat.OpenMetrics)), StringComparison.Ordinal);
    }

    public static TheoryData<ExpositionFormat> Formats => [ExpositionFormat.Text, ExpositionFormat.OpenMetrics, ExpositionFormat.Protobuf];

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_series_that_groups_share_is_there_once_with_the_value_pushed_last(ExpositionFormat format)
    {
        Push("job/j", 5, "m{a=\"1\",b=\"2\"} 1\nn{a=\"1\"} 1\n");
        Push("job/j/a/1", 4, "m{b=\"2\"} 2\n");
        Push("job/j/a/1/b/2", 3, "m 3\n");
        Push("job/k", 1, "n{a=\"1\"} 4\n");
        Push("job/k/a/1", 2, "n 5\n");
        Push(null, 9, "n{a=\"1\",job=\"k\"} 6\n");

        var samples = format == ExpositionFormat.Protobuf
            ? Decode(Write(format)).Where(IsPushed).SelectMany(family => family.Metric.Select(metric => $"{family.Name} {metric.Untyped.Value}"))
            : Encoding.UTF8.GetString(Write(format)).Split('\n').Where(line => line.StartsWith("m{", StringComparison.Ordinal) || line.StartsWith("n{", StringComparison.Ordinal))
                .Select(line => $"{line[0]} {line.Split("} ")[1].Split(' ')[0]}");
        Assert.Equal(["m 1", "n 1", "n 6"], samples.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_batch_is_written_as_it_stands(ExpositionFormat format)
    {
        var batch = TextOutcome.Parse("m 1\n"u8);
        batch.BeginPush();
        Assert.True(PrometheusTextReader.TryRead("m 2\n"u8, batch, new ParseContext(PushLimits.Default, NowMs), out _, out _));
        var output = new ArrayBufferWriter<byte>();
        switch (format)
        {
            case ExpositionFormat.Text:
                new PrometheusTextWriter(batch, null).WriteAll(output);
                break;
            case ExpositionFormat.OpenMetrics:
                new OpenMetricsWriter(batch, null).WriteAll(output);
                break;
            default:
                new MetricFamilyWriter(batch, null).WriteAll(output);
                break;
        }

        var count = format == ExpositionFormat.Protobuf
            ? Decode(output.WrittenSpan.ToArray()).Single().Metric.Count
            : Encoding.UTF8.GetString(output.WrittenSpan).Split('\n').Count(line => line.StartsWith("m ", StringComparison.Ordinal));
        Assert.Equal(2, count);
    }

    private static bool IsPushed(MetricFamily family) => family.Name is "m" or "n";

    private static string LabelsOf(Metric metric) => "{" + string.Join(',', metric.Label.Select(label => $"{label.Name}={label.Value}")) + "}";

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

    private static string WithoutPushTimes(byte[] text) =>
        string.Join('\n', Encoding.UTF8.GetString(text).Split('\n').Where(line => !line.Contains("push_", StringComparison.Ordinal)));

    private byte[] Write(ExpositionFormat format)
    {
        var reading = new GroupReading();
        _store.OpenScan().ReadOn(reading, CancellationToken.None);
        var whole = new ArrayBufferWriter<byte>();
        using var writer = ExpositionWriters.Create(format, reading);
        while (writer.WritePiece(whole))
        {
        }

        return whole.WrittenSpan.ToArray();
    }

    private void Push(string? path, long ms, string text)
    {
        var batch = new MetricBatch();
        var key = path is null ? null : TestPush.Key(path);
        var start = key is null ? batch.BeginPush() : batch.BeginPush(key.LabelsIn(batch.Symbols));
        Assert.True(PrometheusTextReader.TryRead(Encoding.UTF8.GetBytes(text), batch, new ParseContext(PushLimits.Default, NowMs + ms), out _, out var error), error?.Detail);
        var header = new PushHeader(key is null ? PushOperation.Append : PushOperation.Merge, key, (NowMs + ms) * 1_000_000);
        _store.Apply(new BatchedPush(header, batch, start, batch.Mark), new GroupEffects());
    }
}
