using System.Globalization;
using System.Net;
using PushGateway.Core.Tests.Sinks;
using PushGateway.Formats.OpenMetrics;
using PushGateway.Formats.Prometheus;
using PushGateway.Formats.Protobuf;
using PushGateway.Formats.RemoteWrite2;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Queue;
using PushGateway.Sinks;
using PushGateway.Wire;
using Xunit;

namespace PushGateway.Core.Tests.Wire;

/// <summary>What one giant push made reused memory grow is given back.</summary>
public sealed class ReuseLimitTests
{
    // So many that each buffer grows beyond the limit.
    private const int GiantSeries = 300_000;
    private const int SmallSeries = 10;
    private const int TwiceTheLimit = 2 * ReuseLimit.MaxBytes;

    private static readonly MetricBatch Giant = Fill(new MetricBatch(), GiantSeries);
    private static readonly MetricBatch Small = Fill(new MetricBatch(), SmallSeries);

    [Fact]
    public void A_batch_gives_back_what_a_giant_push_made_it_grow()
    {
        var batch = new MetricBatch();
        AssertGivenBack(() => batch.RetainedBytes, small => Fill(batch, small ? SmallSeries : GiantSeries), batch.Trim);
        Assert.Equal((0, 1), (batch.Series.Length, batch.Symbols.Count));
    }

    [Fact]
    public void An_encoder_of_messages_gives_it_back()
    {
        var encoder = new PushMessageEncoder();
        var capacity = new MessageCapacity(1024 * 1024, TextOnly: true, ChunkBytes: 64 * 1024);
        AssertGivenBack(
            () => RetainedMemory.BytesOf(encoder),
            small =>
            {
                var batch = small ? Small : Giant;
                var push = new BatchedPush(new PushHeader(PushOperation.Append, null, 1), batch, default, batch.Mark);
                Assert.Null(encoder.Encode(push, capacity, []));
            },
            encoder.Trim);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_sink_gives_it_back(bool remoteWrite)
    {
        var uri = new Uri("http://127.0.0.1:9/");
        using var client = new HttpClient(new ScriptedTarget(HttpStatusCode.OK, []));
        HttpSink sink = remoteWrite
            ? new RemoteWriteSink(client, new RemoteWriteSinkOptions { Endpoint = uri })
            : new OtlpSink(client, new OtlpSinkOptions { Endpoint = uri });
        var value = new Label(Giant.Symbols.Intern("label"), Giant.Symbols.Intern(new string('v', TwiceTheLimit)));
        Giant.AddSeries(0, 1, [value], new Sample(1, 1));
        var giant = new SampleRange(Giant, new[] { new SeriesSample(Giant.Series.Length - 1, 0, new Sample(1, 1)) });
        var small = new SampleRange(Small, new[] { new SeriesSample(0, 0, new Sample(1, 1)) });

        await sink.SendAsync(small, TestContext.Current.CancellationToken);
        var usual = RetainedMemory.BytesOf(sink);
        await sink.SendAsync(giant, TestContext.Current.CancellationToken);
        await sink.SendAsync(small, TestContext.Current.CancellationToken);

        Assert.InRange(usual, 1, ReuseLimit.MaxBytes);
        Assert.Equal(usual, RetainedMemory.BytesOf(sink));
    }

    [Fact]
    public void The_scratch_memory_of_readers_is_given_back()
    {
        var text = new ParseScratch();
        AssertGivenBack(
            () => RetainedMemory.BytesOf(text),
            small =>
            {
                ParseScratch.Reserve(ref text.Labels, Items(small));
                ParseScratch.Reserve(ref text.Token, Items(small));
                ParseScratch.Reserve(ref text.Typed, Items(small));
                ParseScratch.Reserve(ref text.NamedIn, Items(small));
                text.SetBound(Items(small), 1);
            },
            text.Dispose);

        var openMetrics = new OpenMetricsScratch();
        AssertGivenBack(
            () => RetainedMemory.BytesOf(openMetrics),
            small =>
            {
                ParseScratch.Reserve(ref openMetrics.Labels, Items(small));
                ParseScratch.Reserve(ref openMetrics.Token, Items(small));
                ParseScratch.Reserve(ref openMetrics.Key, Items(small));
                Fill(openMetrics.Names, small ? SmallSeries : GiantSeries);
                Fill(openMetrics.Seen, small ? SmallSeries : GiantSeries);
                Fill(openMetrics.Exemplar, small ? SmallSeries : GiantSeries);
            },
            openMetrics.Dispose);

        var protobuf = new MetricFamilyScratch();
        AssertGivenBack(
            () => RetainedMemory.BytesOf(protobuf),
            small =>
            {
                ParseScratch.Reserve(ref protobuf.Labels, Items(small));
                ParseScratch.Reserve(ref protobuf.LastNamed, Items(small));
                ParseScratch.Reserve(ref protobuf.Name, Items(small));
            },
            protobuf.Dispose);

        var remoteWrite = new RemoteWrite2Scratch();
        AssertGivenBack(
            () => RetainedMemory.BytesOf(remoteWrite),
            small =>
            {
                remoteWrite.Symbols.EnsureCapacity(Items(small));
                remoteWrite.Labels.EnsureCapacity(Items(small));
                remoteWrite.Names.EnsureCapacity(Items(small));
            },
            remoteWrite.Dispose);

        static int Items(bool small) => small ? SmallSeries : TwiceTheLimit;
    }

    [Fact]
    public void A_table_that_has_grown_is_empty_after_few_symbols_too()
    {
        var random = new Random(1);
        var table = new SymbolTable();
        Fill(table, 10_000);
        for (var round = 0; round < 2_000; round++)
        {
            table.Clear();
            Assert.Equal(1, table.Count);
            var expected = new Dictionary<string, int>();
            for (var i = random.Next(40) == 0 ? 3_000 : random.Next(30); i > 0; i--)
            {
                var text = random.Next(1, 20_000).ToString(CultureInfo.InvariantCulture);
                Assert.Equal(expected.GetValueOrDefault(text, -1), table.Find(System.Text.Encoding.UTF8.GetBytes(text)));
                expected[text] = table.Intern(text);
            }

            Assert.Equal(expected.Count + 1, table.Count);
            Assert.All(expected, entry => Assert.Equal(entry.Key, table.GetString(entry.Value)));
        }
    }

    // A small push, a giant one, and a small one again. Memory is trimmed after each.
    private static void AssertGivenBack(Func<long> retained, Action<bool> push, Action trim)
    {
        push(true);
        trim();
        var usual = retained();
        push(false);
        var giant = retained();
        trim();
        push(true);
        trim();

        Assert.InRange(giant, TwiceTheLimit, long.MaxValue);
        Assert.InRange(retained(), 0, usual);
    }

    private static void Fill(SymbolTable symbols, int count)
    {
        for (var i = 0; i < count; i++)
        {
            symbols.Intern($"symbol-{i}");
        }
    }

    private static MetricBatch Fill(MetricBatch batch, int series)
    {
        batch.BeginPush();
        for (var i = 0; i < series; i++)
        {
            var name = batch.Symbols.Intern($"family_{i}");
            batch.AddSeries(batch.AddFamily(name), name, [new Label(name, name)], new Sample(i, i));
        }

        return batch;
    }
}
