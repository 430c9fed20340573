using System.Text;
using System.Text.RegularExpressions;
using PushGateway.Core.Tests.Formats.Protobuf;
using PushGateway.Core.Tests.Formats.Text;
using PushGateway.Formats;
using PushGateway.Formats.Text;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Queue;
using PushGateway.Reference.ClientModel;
using Xunit;
using MetricFamily = PushGateway.Reference.ClientModel.MetricFamily;
using MetricType = PushGateway.Reference.ClientModel.MetricType;

namespace PushGateway.Core.Tests.Formats;

public sealed partial class PushConsistencyTests
{
    private const string Inconsistent = "pushed metrics are invalid or inconsistent with existing metrics: ";
    private const int Seeds = 5000;

    private static readonly Dictionary<string, string> Group = new() { ["job"] = "j", ["zone"] = "z" };

    [Fact]
    public void Every_verdict_is_one_that_the_reference_finds()
    {
        var codes = new Dictionary<string, int>();
        for (var seed = 0; seed < Seeds; seed++)
        {
            var bodies = new GroupBodies(seed);
            var (group, body) = (bodies.Group(), bodies.Next());
            var error = Check(PushFormat.Text, Encoding.UTF8.GetBytes(body), group);

            var parsed = ReferenceTextParser.Parse(Encoding.UTF8.GetBytes(body), TextOutcome.ReceivedMs);
            IReadOnlySet<string> expected = parsed.Error is null ? ReferenceConsistency.ErrorsOf(parsed, group) : new HashSet<string> { parsed.Error };
            var actual = error is null ? null : MetricDump.Replace(error.Detail.Replace(Inconsistent, "", StringComparison.Ordinal), "{}");
            Assert.True(
                actual is null ? expected.Count == 0 : expected.Contains(actual),
                $"seed {seed}\n{string.Join(',', group)}\n{body}\n--- expected one of\n{string.Join('\n', expected)}\n--- actual\n{actual}");
            codes[error?.Code ?? ""] = codes.GetValueOrDefault(error?.Code ?? "") + 1;
        }

        Assert.All(
            (string[])["", RejectCode.DuplicateSeries, RejectCode.FamilyCollision, RejectCode.LabelNotAllowed],
            code => Assert.True(codes.GetValueOrDefault(code) >= Seeds / 50, $"{code}: {codes.GetValueOrDefault(code)}"));
    }

    [Theory]
    [InlineData("m 1\nm 2\n", RejectCode.DuplicateSeries, "collected metric \"m\" { label:{name:\"job\" value:\"j\"} label:{name:\"zone\" value:\"z\"}} was collected before with the same name and label values")]
    [InlineData("m{job=\"x\"} 1\nm{job=\"y\"} 2\n", RejectCode.DuplicateSeries)]
    [InlineData("m{instance=\"\"} 1\nm 2\n", RejectCode.DuplicateSeries)]
    [InlineData("# TYPE m histogram\nm_sum{zone=\"x\"} 1\nm_sum{zone=\"y\"} 2\n", RejectCode.DuplicateSeries)]
    [InlineData("# TYPE m histogram\nm_bucket{le=\"1\"} 1\nm_bucket{le=\"1.0\"} 2\nm_sum 1\nm_sum 2\n", null)]
    [InlineData("# TYPE m_sum gauge\nm_sum 1\n# TYPE m summary\nm_count 1\n", RejectCode.FamilyCollision, "collected metric named \"m_sum\" collides with previously collected summary named \"m\"")]
    [InlineData("# TYPE m_bucket gauge\nm_bucket 1\n# TYPE m histogram\nm_count 1\n", RejectCode.FamilyCollision)]
    [InlineData("# TYPE m_bucket gauge\nm_bucket 1\n# TYPE m summary\nm_count 1\n", null)]
    [InlineData("# TYPE m_sum gauge\n# TYPE m summary\nm_count 1\n", null)]
    [InlineData("m{__x=\"1\"} 1\n", RejectCode.LabelNotAllowed, "collected metric \"m\" { label:{name:\"__x\" value:\"1\"} label:{name:\"job\" value:\"j\"} label:{name:\"zone\" value:\"z\"}} has a label with an invalid name: __x")]
    [InlineData("m{a=\"1\"} 1\nm{a=\"2\",__x=\"1\"} 1\n", RejectCode.LabelNotAllowed)]
    [InlineData("m{quantile=\"1\",le=\"1\"} 1\n", null)]
    [InlineData("m 1 1700000000000\n", RejectCode.TimestampNotAllowed, "pushed metrics must not have timestamps")]
    [InlineData("m 1\n{a=\"1\"} 1\n", RejectCode.TextInvalid, "a sample has no metric name")]
    public void What_Pushgateway_refuses_fails_the_group(string body, string? code, string? sentence = null)
    {
        var error = Check(PushFormat.Text, Encoding.UTF8.GetBytes(body), Group);

        Assert.Equal(code, error?.Code);
        Assert.Equal(code is not null, error?.FailsGroup ?? false);
        Assert.Equal(sentence is null ? error?.Detail : Inconsistent + sentence, error?.Detail);
    }

    [Theory]
    [InlineData("quantile", "summary")]
    [InlineData("le", "histogram")]
    public void A_group_has_no_label_that_tells_buckets_or_quantiles_apart(string label, string type)
    {
        var group = new Dictionary<string, string> { ["job"] = "j", [label] = "0.5" };
        Assert.Equal(RejectCode.LabelNotAllowed, Check(PushFormat.Text, Encoding.UTF8.GetBytes($"# TYPE m {type}\nm_sum 1\n"), group)?.Code);
        Assert.Null(Check(PushFormat.Text, Encoding.UTF8.GetBytes($"# TYPE m {type}\nn 1\n"), group));
    }

    [Fact]
    public void A_push_without_a_group_is_not_checked()
    {
        var batch = new MetricBatch();
        batch.BeginPush();
        Assert.True(PushReader.TryRead(PushFormat.Text, "m{__x=\"1\"} 1\nm{__x=\"1\"} 2\n"u8, toGroup: false, batch, Context, out _));
    }

    [Fact]
    public void A_push_is_compared_with_itself_alone()
    {
        var batch = new MetricBatch();
        foreach (var body in (string[])["# TYPE m histogram\nm_sum 1\n", "m_sum 1\n", "m_sum 1\n"])
        {
            batch.BeginPush(GroupLabels(batch, Group));
            Assert.True(PushReader.TryRead(PushFormat.Text, Encoding.UTF8.GetBytes(body), toGroup: true, batch, Context, out _));
        }
    }

    [Fact]
    public void In_protobuf_each_histogram_is_one_metric()
    {
        var family = new MetricFamily { Name = "m", Type = MetricType.Histogram, Metric = { Histogram(1, 1), Histogram(2) } };
        Assert.Equal(RejectCode.DuplicateSeries, Check(PushFormat.Protobuf, RandomFamilies.Encode(family), Group)?.Code);

        family.Metric.RemoveAt(1);
        Assert.Null(Check(PushFormat.Protobuf, RandomFamilies.Encode(family), Group));
    }

    [Fact]
    public void Protobuf_that_can_be_read_fails_the_group()
    {
        var summary = new MetricFamily { Name = "m", Type = MetricType.Summary, Metric = { new Metric { Summary = new Summary() } } };
        summary.Metric[0].Label.Add(new LabelPair { Name = "quantile", Value = "1" });
        var explained = Check(PushFormat.Protobuf, RandomFamilies.Encode(summary), Group);
        Assert.Equal((RejectCode.ProtobufInvalid, true), (explained?.Code, explained?.FailsGroup));
        Assert.StartsWith(Inconsistent, explained?.Detail, StringComparison.Ordinal);

        var truncated = Check(PushFormat.Protobuf, RandomFamilies.Encode(summary).AsSpan()[..^1], Group);
        Assert.Equal((RejectCode.ProtobufInvalid, false), (truncated?.Code, truncated?.FailsGroup));
    }

    [Fact]
    public void A_record_may_bring_a_series_at_another_time()
    {
        const string record = """{"dimensions":{"a":"1"},"timestamp":1700000000000,"metrics":{"m":1}}""";
        Assert.Equal(RejectCode.DuplicateSeries, Check(PushFormat.Json, Encoding.UTF8.GetBytes(record + record), Group)?.Code);
        Assert.Null(Check(PushFormat.Json, Encoding.UTF8.GetBytes(record + record.Replace("000,", "001,", StringComparison.Ordinal)), Group));
    }

    [Fact]
    public void Remote_write_is_checked_too()
    {
        var twice = new MetricBatch();
        twice.BeginPush();
        Assert.True(PrometheusTextReader.TryRead("m 1\nm 2\n"u8, twice, Context, out _, out _));
        var once = new MetricBatch();
        once.BeginPush();
        Assert.True(PrometheusTextReader.TryRead("m 1\n"u8, once, Context, out _, out _));

        Assert.Equal(RejectCode.DuplicateSeries, Check(PushFormat.RemoteWrite2, new RemoteWrite2Encoder().Encode(twice, 0, 2).Span, Group)?.Code);
        Assert.Null(Check(PushFormat.RemoteWrite2, new RemoteWrite2Encoder().Encode(once, 0, 1).Span, Group));
    }

    [Fact]
    public void What_a_limit_refuses_fails_the_group()
    {
        var batch = new MetricBatch();
        var start = batch.BeginPush();
        Assert.True(PrometheusTextReader.TryRead("long 1\n"u8, batch, Context, out _, out _));
        Assert.True((PushLimits.Default with { MaxNameBytes = 3 }).Check(batch, start, TextOutcome.ReceivedMs)?.FailsGroup);
    }

    [Fact]
    public void A_check_allocates_nothing_once_memory_has_grown()
    {
        var batch = new MetricBatch();
        batch.BeginPush(GroupLabels(batch, Group));
        var body = string.Concat(Enumerable.Range(0, 500).Select(i => $"m{{a=\"{i}\"}} 1\n"));
        Assert.True(PrometheusTextReader.TryRead(Encoding.UTF8.GetBytes(body), batch, Context, out _, out _));
        Assert.Null(PushConsistency.Check(batch, default, PushFormat.Text));

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Null(PushConsistency.Check(batch, default, PushFormat.Text));
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [GeneratedRegex(@"\{ .*?\}\}(?= )")]
    internal static partial Regex MetricDump { get; }

    private static ParseContext Context => new(PushLimits.Default, TextOutcome.ReceivedMs);

    /// <summary>What a push to a group is refused for; null when it is accepted.</summary>
    internal static PushError? Check(PushFormat format, ReadOnlySpan<byte> body, IReadOnlyDictionary<string, string> group)
    {
        var batch = new MetricBatch();
        batch.BeginPush(GroupLabels(batch, group));
        PushReader.TryRead(format, body, toGroup: true, batch, Context, out var error);
        return error;
    }

    private static Model.Label[] GroupLabels(MetricBatch batch, IReadOnlyDictionary<string, string> group) =>
        [.. group.Select(label => new Model.Label(batch.Symbols.Intern(label.Key), batch.Symbols.Intern(label.Value)))];

    private static Metric Histogram(params double[] bounds)
    {
        var metric = new Metric { Histogram = new Histogram() };
        metric.Histogram.Bucket.Add(bounds.Select(bound => new Bucket { UpperBound = bound }));
        return metric;
    }
}
