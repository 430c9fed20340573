using System.Buffers;
using System.Globalization;
using System.Text;
using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;
using PushGateway.Core.Tests.Groups;
using PushGateway.Exposition;
using PushGateway.Groups;
using PushGateway.Model;
using PushGateway.Push;
using Xunit;
using MetricFamily = PushGateway.Reference.ClientModel.MetricFamily;
using MetricType = PushGateway.Model.MetricType;

namespace PushGateway.Core.Tests.Exposition;

/// <summary>What is written in slices, against the same in one.</summary>
public sealed class HeldExpositionTests
{
    private static readonly string[] Paths = ["job/j", "job/j/l/v0", "job/k", "job/k/l/v1", "job/z/instance/i"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Property(MaxTest = 300)]
    public void Slices_of_any_size_hold_the_same_as_one(int seed)
    {
        var random = new Random(seed);
        var store = Fill(random);
        var pins = random.Next(4) == 0 ? new LabelPins([KeyValuePair.Create("l", "v0")]) : null;
        Action<MetricBatch>? own = pins is not null || random.Next(2) == 0 ? null : AppendOwn;
        foreach (var format in Enum.GetValues<ExpositionFormat>())
        {
            var whole = Write(new HeldExposition(format, store.OpenScan(), pins, own, cancellationToken: Cancellation));
            var sliced = Write(new HeldExposition(
                format, store.OpenScan(), pins, own, sliceBytes: random.Next(1, 2000), maxFamilies: random.Next(1, 6), Cancellation));

            Assert.Equal(Describe(format, whole), Describe(format, sliced));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(1_000_000)]
    public void A_family_has_one_header_however_many_slices_it_takes(int sliceBytes)
    {
        var store = NewStore();
        store.Apply(Push(null, 1, [.. Enumerable.Range(0, 500).Select(i => Series("m", "m", $"v{i}"))]), new GroupEffects());

        var text = Encoding.UTF8.GetString(Write(new HeldExposition(
            ExpositionFormat.Text, store.OpenScan(), null, null, sliceBytes, cancellationToken: Cancellation)));

        Assert.StartsWith("# HELP m help of m\n# TYPE m gauge\nm{", text, StringComparison.Ordinal);
        Assert.Equal(502, text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(500, text.Split('\n').Count(static line => line.StartsWith("m{l=\"v", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Pushes_do_not_wait_for_a_client_that_reads_slowly()
    {
        var store = NewStore();
        store.Apply(Push("job/j", 1, [.. Enumerable.Range(0, 100).Select(i => Series("m", "m", $"v{i}"))]), new GroupEffects());
        store.Apply(Push(null, 1, [.. Enumerable.Range(0, 2000).Select(i => Series("m", "m", $"v{i}"))]), new GroupEffects());
        using var exposition = new HeldExposition(ExpositionFormat.Text, store.OpenScan(), null, null, sliceBytes: 1000, cancellationToken: Cancellation);
        var output = new ArrayBufferWriter<byte>();
        var pieces = 0;
        do
        {
            // On another thread, which would wait for a lock that this one holds.
            await Task.Run(
                () =>
                {
                    store.Apply(Push("job/j", 2 + pieces, [Series("m", "m", "v0")]), new GroupEffects());
                    store.Apply(Push(null, 2 + pieces, [Series("m", "m", "v0")]), new GroupEffects());
                },
                Cancellation).WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
            pieces++;
        }
        while (exposition.WritePiece(output));

        Assert.InRange(pieces, 10, int.MaxValue);
    }

    private static MemoryGroupStore NewStore() =>
        new(GroupStoreOptions.Default, new FakeTimeProvider(DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(100)));

    private static TestSeries Series(string family, string name, string label) =>
        new(family, MetricType.Gauge, $"help of {family}", name, label, [new Sample(1000, 1)]);

    private static BatchedPush Push(string? path, long timeNs, TestSeries[] series) =>
        new TestPush(path is null ? PushOperation.Append : PushOperation.Merge, path, timeNs, series).ToGroupPush();

    private static MemoryGroupStore Fill(Random random)
    {
        var store = NewStore();
        var pushes = random.Next(1, 12);
        for (var time = 1; time <= pushes; time++)
        {
            var path = random.Next(3) == 0 ? null : Paths[random.Next(Paths.Length)];
            store.Apply(RandomPush(random, path, time * 1_000_000L), new GroupEffects());
        }

        return store;
    }

    private static BatchedPush RandomPush(Random random, string? path, long timeNs)
    {
        var batch = new MetricBatch();
        var key = path is null ? null : TestPush.Key(path);
        var start = batch.BeginPush(key?.LabelsIn(batch.Symbols) ?? []);
        for (var families = random.Next(1, 5); families > 0; families--)
        {
            AddFamily(random, batch, timeNs / 1_000_000);
        }

        return new BatchedPush(new PushHeader(key is null ? PushOperation.Append : PushOperation.Merge, key, timeNs), batch, start, batch.Mark);
    }

    // Names that have to do with each other, types that disagree.
    private static void AddFamily(Random random, MetricBatch batch, long timeMs)
    {
        string[] suffixes = ["", "", "", "_total", "_count", "_sum", "_created", "_info", "_gsum", "_bucket"];
        var name = (random.Next(2) == 0 ? "a" : "b") + suffixes[random.Next(suffixes.Length)];
        var symbol = batch.Symbols.Intern(name);
        if (batch.FindFamily(symbol) >= 0)
        {
            return;
        }

        var type = Enum.GetValues<MetricType>()[random.Next(Enum.GetValues<MetricType>().Length)];
        var help = random.Next(3) == 0 ? 0 : batch.Symbols.Intern($"help {random.Next(3)}");
        var family = batch.AddFamily(symbol, type, help);
        for (var labels = random.Next(1, 5); labels > 0; labels--)
        {
            var label = $"v{random.Next(4)}";
            if (type is MetricType.Histogram or MetricType.GaugeHistogram && random.Next(3) == 0)
            {
                var histogram = new NativeHistogram();
                histogram.Set((ulong)random.Next(1, 5), 0, random.Next(5), isGauge: false);
                Add(name, label, null, default, new Sample(timeMs, 0, Histogram: histogram.Intern(batch.Symbols)));
            }
            else if (type is MetricType.Histogram or MetricType.GaugeHistogram)
            {
                foreach (var bound in (string[])["1", "1.0", "2", "+Inf"])
                {
                    Add(name + "_bucket", label, "le", bound, Value());
                }

                Add(name + "_sum", label, null, default, Value());
                Add(name + "_count", label, null, default, Value());
            }
            else if (type == MetricType.Summary)
            {
                Add(name, label, "quantile", "0.5", Value());
                Add(name + "_sum", label, null, default, Value());
            }
            else
            {
                Add(name, label, type == MetricType.StateSet ? name : null, $"s{random.Next(2)}", Value());
            }
        }

        Sample Value() => new(random.Next(3) == 0 ? timeMs - random.Next(5) : timeMs, random.Next(9));

        void Add(string series, string label, string? extra, string? value, Sample sample)
        {
            batch.BeginSeries(family, batch.Symbols.Intern(series));
            batch.AddLabel(batch.Symbols.Intern("l"), batch.Symbols.Intern(label));
            if (extra is not null)
            {
                batch.AddLabel(batch.Symbols.Intern(extra), batch.Symbols.Intern(value!));
            }

            batch.AddSample(sample);
            batch.EndSeries();
        }
    }

    private static void AppendOwn(MetricBatch batch)
    {
        foreach (var name in (string[])["a", "own", "b_count"])
        {
            batch.BeginPush();
            var symbol = batch.Symbols.Intern(name);
            batch.BeginSeries(batch.AddFamily(symbol, MetricType.Gauge, batch.Symbols.Intern("own help")), symbol);
            batch.AddSample(new Sample(Sample.NoTimestamp, 7));
            batch.EndSeries();
        }
    }

    private static byte[] Write(HeldExposition exposition)
    {
        using (exposition)
        {
            var output = new ArrayBufferWriter<byte>();
            while (exposition.WritePiece(output))
            {
            }

            return output.WrittenSpan.ToArray();
        }
    }

    // The families in an order of their own, each with its header and its lines or metrics in such an order.
    private static List<string> Describe(ExpositionFormat format, byte[] exposition) =>
        format == ExpositionFormat.Protobuf ? DescribeMessages(exposition) : DescribeText(Encoding.UTF8.GetString(exposition));

    private static List<string> DescribeText(string text)
    {
        var families = new Dictionary<string, (string Header, List<string> Lines)>(StringComparer.Ordinal);
        var (name, header) = ("", "");
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line == "# EOF")
            {
                Assert.EndsWith("# EOF\n", text, StringComparison.Ordinal);
                families.Add(line, ("", []));
                continue;
            }

            if (line.StartsWith('#'))
            {
                if (header.EndsWith(" unknown", StringComparison.Ordinal) && line.StartsWith("# HELP " + name, StringComparison.Ordinal))
                {
                    // OpenMetrics families that were split may share a name. Each has its own help text, and any of them is right.
                    continue;
                }

                var of = line.Split(' ')[2];
                (name, header) = (of, of == name && !families.ContainsKey(of) ? header + line : line);
                continue;
            }

            if (header.Length > 0)
            {
                // Fails when the family has been there before.
                families.Add(name, (header, []));
                header = "";
            }

            families[name].Lines.Add(line);
        }

        Assert.Equal("", header);
        foreach (var (_, lines) in families.Values.Where(static family => family.Header.EndsWith("histogram", StringComparison.Ordinal)))
        {
            AssertMetricsTogether(lines);
        }

        return [.. families.Select(pair => $"{pair.Key}: {pair.Value.Header}\n{string.Join('\n', pair.Value.Lines.Order(StringComparer.Ordinal))}").Order(StringComparer.Ordinal)];
    }

    // The buckets of one set of other labels stand together.
    private static void AssertMetricsTogether(List<string> lines)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var last = "";
        foreach (var line in lines.Where(static line => line.Contains(",le=\"", StringComparison.Ordinal)))
        {
            var labels = string.Join(',', line[line.IndexOf('{', StringComparison.Ordinal)..line.IndexOf('}', StringComparison.Ordinal)]
                .Split(',').Where(static label => !label.StartsWith("le=", StringComparison.Ordinal)));
            Assert.True(labels == last || seen.Add(labels), string.Join('\n', lines));
            last = labels;
        }
    }

    private static List<string> DescribeMessages(byte[] messages)
    {
        using var stream = new MemoryStream(messages);
        var families = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        while (stream.Position < stream.Length)
        {
            var family = MetricFamily.Parser.ParseDelimitedFrom(stream);
            var header = string.Create(CultureInfo.InvariantCulture, $"{family.Name} {family.Type} {family.Help} {family.Unit}");
            families.TryAdd(header, []);
            families[header].AddRange(family.Metric.Select(static metric => metric.ToString()));
        }

        return [.. families.Select(pair => $"{pair.Key}\n{string.Join('\n', pair.Value.Order(StringComparer.Ordinal))}").Order(StringComparer.Ordinal)];
    }
}
