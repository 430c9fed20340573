using System.Text;
using PushGateway.Formats;
using PushGateway.Model;
using PushGateway.Push;
using Xunit;

namespace PushGateway.Core.Tests.Formats;

public sealed class PushReaderTests
{
    private static readonly ParseContext Context = new(PushLimits.Default, 1_700_000_000_000);

    [Fact]
    public void A_push_has_an_end_before_memory_has()
    {
        Assert.Equal(RejectCode.PushTooLarge, Refuse(PushFormat.Text, Repeat("a 1\n", MetricBatch.MaxSeriesPerPush + 1)));

        // Each of 69 dimensions counts for every metric, though a record's metrics share them.
        var dimensions = string.Join(',', Enumerable.Range(0, 69).Select(i => $"\"d{i}\":\"v\""));
        var metrics = string.Join(',', Enumerable.Range(0, (MetricBatch.MaxLabelsPerPush / 69) + 2).Select(i => $"\"m{i}\":1"));
        Assert.Equal(RejectCode.PushTooLarge, Refuse(PushFormat.Json, Encoding.UTF8.GetBytes("{\"dimensions\":{" + dimensions + "},\"metrics\":{" + metrics + "}}")));
    }

    [Fact]
    public void The_largest_push_is_accepted()
    {
        var batch = new MetricBatch();
        batch.BeginPush();
        Assert.True(PushReader.TryRead(PushFormat.Text, Repeat("a 1\n", MetricBatch.MaxSeriesPerPush), toGroup: false, batch, Context, out _));
        Assert.Equal(MetricBatch.MaxSeriesPerPush, batch.Samples.Length);
    }

    [Fact]
    public void Text_for_a_group_has_no_timestamps()
    {
        var body = "a 1 1700000000000\n"u8;
        Assert.Equal(RejectCode.TimestampNotAllowed, Refuse(PushFormat.Text, body, toGroup: true));
        Assert.Null(Refuse(PushFormat.Text, body, toGroup: true, allowTimestamps: true));
        Assert.Null(Refuse(PushFormat.Text, body));
    }

    [Fact]
    public void Protobuf_for_a_group_has_no_timestamps()
    {
        // name: "a", metric { timestamp_ms: 5, counter {} }.
        byte[] body = [0x09, 0x0A, 0x01, (byte)'a', 0x22, 0x04, 0x30, 0x05, 0x1A, 0x00];
        Assert.Equal(RejectCode.TimestampNotAllowed, Refuse(PushFormat.Protobuf, body, toGroup: true));
        Assert.Null(Refuse(PushFormat.Protobuf, body, toGroup: true, allowTimestamps: true));
        Assert.Null(Refuse(PushFormat.Protobuf, body));
    }

    [Fact]
    public void A_series_may_have_several_times_where_times_are_allowed_but_none_twice()
    {
        Assert.Null(Refuse(PushFormat.Text, "a 1 1700000000000\na 2 1700000000001\n"u8, toGroup: true, allowTimestamps: true));
        Assert.Equal(
            RejectCode.DuplicateSeries, Refuse(PushFormat.Text, "a 1 1700000000000\na 2 1700000000000\n"u8, toGroup: true, allowTimestamps: true));
    }

    [Fact]
    public void A_push_that_is_too_large_leaves_nothing_behind_for_the_next_of_its_thread()
    {
        Assert.Equal(
            RejectCode.PushTooLarge,
            Refuse(PushFormat.Text, [.. "# TYPE h histogram\nh_bucket{le=\"1.0\"} 1\nh_bucket{le=\"2.0\"} 1\n"u8, .. Repeat("a 1\n", MetricBatch.MaxSeriesPerPush)]));
        var next = new MetricBatch();
        next.BeginPush();
        Assert.True(PushReader.TryRead(
            PushFormat.Text, "# TYPE k histogram\nk_bucket{le=\"5.0\"} 1\nk_bucket{le=\"7.0\"} 1\n"u8, toGroup: false, next, Context, out _));
        Assert.Equal(["5", "7"], next.Series.ToArray().Select(series => next.Symbols.GetString(next.LabelsOf(series)[0].Value)));

        // Series of one name, then a request that has symbols of its own.
        Assert.Equal(
            RejectCode.PushTooLarge,
            Refuse(PushFormat.RemoteWrite2, [.. Symbols("", "__name__", "x"), .. Enumerable.Repeat<byte[]>([0x2A, 4, 0x0A, 2, 1, 2], MetricBatch.MaxSeriesPerPush + 1).SelectMany(series => series)]));
        next.Clear();
        next.BeginPush();
        Assert.True(PushReader.TryRead(
            PushFormat.RemoteWrite2, [.. Symbols("", "job", "j", "__name__", "y"), 0x2A, 6, 0x0A, 4, 3, 4, 1, 2], toGroup: false, next, Context, out var error), error?.Detail);
        Assert.Equal("y", next.Symbols.GetString(Assert.Single(next.Series.ToArray()).Name));

        static byte[] Symbols(params string[] symbols) => [.. symbols.SelectMany(symbol => (byte[])[0x22, (byte)symbol.Length, .. Encoding.UTF8.GetBytes(symbol)])];
    }

    private static string? Refuse(PushFormat format, ReadOnlySpan<byte> body, bool toGroup = false, bool allowTimestamps = false)
    {
        var batch = new MetricBatch();
        batch.BeginPush();
        var context = Context with { Limits = PushLimits.Default with { AllowTimestamps = allowTimestamps } };
        PushReader.TryRead(format, body, toGroup, batch, context, out var error);
        return error?.Code;
    }

    private static byte[] Repeat(string line, int times)
    {
        var body = new byte[line.Length * times];
        for (var i = 0; i < body.Length; i++)
        {
            body[i] = (byte)line[i % line.Length];
        }

        return body;
    }
}
