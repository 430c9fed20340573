using FsCheck.Xunit;
using Google.Protobuf;
using PushGateway.Model;
using PushGateway.Reference.RemoteWriteV1;
using PushGateway.Sinks;
using Snappier;
using Xunit;
using Sample = PushGateway.Model.Sample;

namespace PushGateway.Core.Tests.Sinks;

public sealed class RemoteWriteEncoderTests
{
    private readonly RemoteWriteEncoder _encoder = new(sendMetadata: true);

    [Property(MaxTest = 500)]
    public void The_reference_reads_back_what_was_encoded(int seed)
    {
        var range = RandomRange.Create(seed);
        var expected = Expected(range);

        var encoded = Encode(range).ToArray();

        // Protobuf's own equality compares doubles bit by bit.
        Assert.Equal(expected, WriteRequest.Parser.ParseFrom(encoded));
    }

    [Property(MaxTest = 500)]
    public void Requests_keep_to_their_limit_and_lose_no_sample(int seed, ushort limit) =>
        Requests.AssertCut(RandomRange.Create(seed), limit, (rest, maxBytes) =>
        {
            var samples = _encoder.EncodeMessage(rest, maxBytes, out var message);
            var request = WriteRequest.Parser.ParseFrom(message.Span);
            Assert.Equal(Expected(rest with { Samples = rest.Samples[..samples] }), request);
            return (message.Length, samples, Requests.RemoteWriteOvercount(request));
        });

    [Property(MaxTest = 500)]
    public void Every_byte_is_as_the_reference_writes_it(int seed)
    {
        var range = RandomRange.Create(seed);

        // Google's C# leaves -0 out, taking it for the default.
        var samples = range.Samples.ToArray().Where(s => !(s.Sample.Value == 0 && double.IsNegative(s.Sample.Value))).ToArray();
        range = range with { Samples = samples };

        Assert.Equal(Expected(range).ToByteArray(), Encode(range).ToArray());
    }

    [Property(MaxTest = 100)]
    public void A_range_may_begin_and_end_inside_a_series(int seed)
    {
        var range = RandomRange.Create(seed);
        var cut = range.Samples.Length == 0 ? 0 : (int)((uint)seed % (uint)range.Samples.Length);
        foreach (var part in new[] { range.Samples[..cut], range.Samples[cut..] })
        {
            var half = range with { Samples = part };
            Assert.Equal(Expected(half), WriteRequest.Parser.ParseFrom(Encode(half).Span));
        }
    }

    [Property(MaxTest = 100)]
    public void Snappy_unpacks_to_the_message(int seed)
    {
        var range = RandomRange.Create(seed);
        var message = Encode(range).ToArray();

        Assert.Equal(message, Snappy.DecompressToArray(_encoder.Encode(range, int.MaxValue).Body.Span));
    }

    [Fact]
    public void The_name_stands_among_the_labels_where_sorting_puts_it()
    {
        var batch = new MetricBatch();
        batch.BeginSeries(batch.AddFamily(batch.Symbols.Intern("m")), batch.Symbols.Intern("m"));
        foreach (var name in new[] { "job", "Zone", "__address__", "__n", "_" })
        {
            batch.AddLabel(batch.Symbols.Intern(name), batch.Symbols.Intern("v"));
        }

        batch.EndSeries();
        var range = new SampleRange(batch, new[] { new SeriesSample(0, 0, new Sample(1, 1)) });

        var request = WriteRequest.Parser.ParseFrom(Encode(range).Span);

        Assert.Equal(["Zone", "_", "__address__", "__n", "__name__", "job"], request.Timeseries.Single().Labels.Select(l => l.Name));
    }

    [Fact]
    public void Of_two_descriptions_the_later_push_is_sent()
    {
        var batch = new MetricBatch();
        AddOne(batch, "m", MetricType.Counter, "first");
        AddOne(batch, "m", MetricType.Gauge, "second");
        var range = new SampleRange(batch, new[] { new SeriesSample(1, 0, new Sample(1, 1)), new SeriesSample(0, 0, new Sample(1, 1)) });

        var metadata = WriteRequest.Parser.ParseFrom(Encode(range).Span).Metadata.Single();

        Assert.Equal(("m", MetricMetadata.Types.MetricType.Gauge, "second"), (metadata.MetricFamilyName, metadata.Type, metadata.Help));
    }

    [Fact]
    public void A_family_that_many_pushes_describe_takes_the_room_of_one_description()
    {
        var batch = new MetricBatch();
        for (var push = 0; push < 1000; push++)
        {
            AddOne(batch, "m", MetricType.Gauge, "a help text of some length that every push repeats");
        }

        var range = new SampleRange(batch, Enumerable.Range(0, 1000).Select(i => new SeriesSample(i, 0, new Sample(1, i))).ToArray());
        var whole = Encode(range).Length;

        Assert.Equal(1000, _encoder.EncodeMessage(range, whole + 100, out _));
    }

    [Fact]
    public void Metadata_longer_than_the_target_takes_is_left_out()
    {
        var batch = new MetricBatch();
        AddOne(batch, "fits", MetricType.Gauge, new string('h', RemoteWriteEncoder.MaxMetadataBytes - "fits".Length));
        AddOne(batch, "does_not", MetricType.Gauge, new string('h', RemoteWriteEncoder.MaxMetadataBytes));
        var range = new SampleRange(batch, new[] { new SeriesSample(0, 0, new Sample(1, 1)), new SeriesSample(1, 0, new Sample(1, 1)) });

        var request = WriteRequest.Parser.ParseFrom(Encode(range).Span);

        Assert.Equal(2, request.Timeseries.Count);
        Assert.Equal("fits", request.Metadata.Single().MetricFamilyName);
    }

    [Fact]
    public void Metadata_can_be_switched_off()
    {
        var batch = new MetricBatch();
        AddOne(batch, "m", MetricType.Gauge, "help");
        var range = new SampleRange(batch, new[] { new SeriesSample(0, 0, new Sample(1, 1)) });

        Assert.Empty(WriteRequest.Parser.ParseFrom(Encode(range, new RemoteWriteEncoder(sendMetadata: false)).Span).Metadata);
    }

    [Fact]
    public void Encoding_again_allocates_nothing()
    {
        var range = RandomRange.Create(1);
        SteadyState.AssertNoAllocation(() => _encoder.EncodeMessage(range, int.MaxValue, out _));
    }

    private ReadOnlyMemory<byte> Encode(SampleRange range, RemoteWriteEncoder? encoder = null)
    {
        Assert.Equal(range.Samples.Length, (encoder ?? _encoder).EncodeMessage(range, int.MaxValue, out var message));
        return message;
    }

    private static void AddOne(MetricBatch batch, string name, MetricType type, string help)
    {
        batch.BeginPush();
        batch.BeginSeries(batch.AddFamily(batch.Symbols.Intern(name), type, batch.Symbols.Intern(help)), batch.Symbols.Intern(name));
        batch.EndSeries();
    }

    private static WriteRequest Expected(SampleRange range)
    {
        var (batch, symbols) = (range.Batch, range.Batch.Symbols);
        var request = new WriteRequest();
        var described = new Dictionary<string, int>();
        var previous = -1;
        foreach (var (index, _, sample) in range.Samples.ToArray())
        {
            var series = batch.Series[index];
            if (index != previous)
            {
                var labels = batch.LabelsOf(series).ToArray()
                    .Select(l => new Reference.RemoteWriteV1.Label { Name = symbols.GetString(l.Name), Value = symbols.GetString(l.Value) })
                    .Append(new Reference.RemoteWriteV1.Label { Name = "__name__", Value = symbols.GetString(series.Name) })
                    .OrderBy(l => Convert.ToHexString(ByteString.CopyFromUtf8(l.Name).Span), StringComparer.Ordinal);
                request.Timeseries.Add(new TimeSeries { Labels = { labels } });
                Describe(series.Family);
                previous = index;
            }

            request.Timeseries[^1].Samples.Add(new Reference.RemoteWriteV1.Sample { Value = sample.Value, Timestamp = sample.TimestampMs });
        }

        request.Metadata.AddRange(described.Values.Select(Metadata));
        return request;

        void Describe(int family)
        {
            var metadata = Metadata(family);
            if (metadata.Equals(new MetricMetadata { MetricFamilyName = metadata.MetricFamilyName })
                || string.Concat(metadata.MetricFamilyName, metadata.Help, metadata.Unit) is var text
                    && ByteString.CopyFromUtf8(text).Length > RemoteWriteEncoder.MaxMetadataBytes)
            {
                return;
            }

            described[metadata.MetricFamilyName] = Math.Max(family, described.GetValueOrDefault(metadata.MetricFamilyName));
        }

        MetricMetadata Metadata(int family)
        {
            var model = batch.Families[family];
            return new MetricMetadata
            {
                Type = (MetricMetadata.Types.MetricType)model.Type,
                MetricFamilyName = symbols.GetString(model.Name),
                Help = symbols.GetString(model.Help),
                Unit = symbols.GetString(model.Unit),
            };
        }
    }
}
