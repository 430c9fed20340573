using System.Buffers;
using System.Text;
using FsCheck.Xunit;
using Google.Protobuf;
using PushGateway.Core.Tests.Formats.Protobuf;
using PushGateway.Core.Tests.Formats.Text;
using PushGateway.Core.Tests.Sinks;
using PushGateway.Exposition;
using PushGateway.Formats.Protobuf;
using PushGateway.Formats.RemoteWrite2;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Queue;
using PushGateway.Reference.ClientModel;
using PushGateway.Reference.RemoteWriteV1;
using PushGateway.Sinks;
using Xunit;
using BucketSpan = PushGateway.Reference.ClientModel.BucketSpan;
using Histogram = PushGateway.Reference.ClientModel.Histogram;
using MetricFamily = PushGateway.Reference.ClientModel.MetricFamily;
using MetricType = PushGateway.Reference.ClientModel.MetricType;
using ParseContext = PushGateway.Push.ParseContext;
using Request = PushGateway.Reference.RemoteWriteV2.Request;
using Sample = PushGateway.Model.Sample;

namespace PushGateway.Core.Tests.Histograms;

/// <summary>Native histograms through every format that carries them, by classes that the reference compiler has generated.</summary>
public sealed class NativeHistogramTests
{
    private const long Now = TextOutcome.ReceivedMs;

    [Property(MaxTest = 1000)]
    public void What_is_read_is_written_back(int seed)
    {
        var family = NextFamily(seed);
        Assert.Equal([family], Decode(Write(ProtobufOutcome.Parse(RandomFamilies.Encode(family), Sample.NoTimestamp))));
    }

    [Property(MaxTest = 1000)]
    public void Through_the_queue_to_remote_write_it_stays_the_same(int seed)
    {
        var family = NextFamily(seed);
        var messages = new List<QueueMessage>();
        var header = new PushHeader(PushOperation.Append, null, Now * 1_000_000);
        Assert.Null(PushMessageCodec.Encode(
            header, ProtobufOutcome.Parse(RandomFamilies.Encode(family)), new MessageCapacity(1 << 20, TextOnly: true, ChunkBytes: 0), messages));

        var batch = new MetricBatch();
        Assert.True(PushMessageCodec.TryDecode(
            new ReceivedMessage("1", Assert.Single(messages), Now), batch, PushLimits.Default, out _, out var error), error?.Detail);

        var range = RangeOf(batch);
        new RemoteWriteEncoder(sendMetadata: true).EncodeMessage(range, int.MaxValue, out var encoded);
        var request = WriteRequest.Parser.ParseFrom(encoded.Span);
        Assert.Equal(
            family.Metric.Select(metric => HistogramModel.ToRemoteWrite(metric.Histogram, Now, family.Type == MetricType.GaugeHistogram)),
            request.Timeseries.Select(series => Assert.Single(series.Histograms)));
        Assert.All(request.Timeseries, series => Assert.Empty(series.Samples));
        Assert.Equal(family.Type == MetricType.GaugeHistogram ? MetricMetadata.Types.MetricType.Gaugehistogram : MetricMetadata.Types.MetricType.Histogram, Assert.Single(request.Metadata).Type);
    }

    [Property(MaxTest = 300)]
    public void A_queue_message_is_a_remote_write_2_request_whose_symbols_are_strings_alone(int seed)
    {
        var family = NextFamily(seed);
        var batch = ProtobufOutcome.Parse(RandomFamilies.Encode(family));

        var request = Request.Parser.ParseFrom(new RemoteWrite2Encoder().Encode(batch, 0, batch.Series.Length).Span);

        Assert.Equal(
            family.Metric.Select(metric => HistogramModel.ToRemoteWrite(metric.Histogram, Now, family.Type == MetricType.GaugeHistogram)),
            request.Timeseries.Select(series => Assert.Single(series.Histograms)));
        Assert.Equal(["", "0", "1", "__name__", "h", "n"], request.Symbols.Order(StringComparer.Ordinal));
    }

    [Property(MaxTest = 1000)]
    public void In_OTLP_it_is_an_exponential_histogram(int seed)
    {
        var histogram = new RandomHistograms(seed) { Whole = true }.Next();
        var batch = ProtobufOutcome.Parse(RandomFamilies.Encode(Family(MetricType.Histogram, histogram)));
        var encoder = new OtlpEncoder(gzip: false);
        var range = RangeOf(batch);

        var (body, samples, refusal) = encoder.Encode(range, int.MaxValue);
        Assert.Equal((range.Samples.Length, null), (samples, refusal));

        var metric = Assert.Single(Assert.Single(Assert.Single(
            Reference.Otlp.ExportMetricsServiceRequest.Parser.ParseFrom(body.Span).ResourceMetrics).ScopeMetrics).Metrics);
        Assert.Equal("h", metric.Name);
        Assert.Equal(2, metric.ExponentialHistogram.AggregationTemporality);
        var point = Assert.Single(metric.ExponentialHistogram.DataPoints);
        Assert.Equal("n=0", string.Join(',', point.Attributes.Select(attribute => $"{attribute.Key}={attribute.Value.StringValue}")));
        point.Attributes.Clear();
        Assert.Equal(HistogramModel.ToOtlp(histogram, Now), point);
    }

    [Fact]
    public void What_OTLP_cannot_express_is_refused_with_its_name()
    {
        AssertRefused("its counts are not whole numbers", new Histogram
        {
            SampleCountFloat = 1.5,
            PositiveSpan = { new BucketSpan { Length = 1 } },
            PositiveCount = { 1.5 },
        });
        AssertRefused("its buckets lie further apart than 16384", new Histogram
        {
            SampleCount = 2,
            PositiveSpan = { new BucketSpan { Length = 1 }, new BucketSpan { Offset = int.MaxValue, Length = 1 } },
            PositiveDelta = { 1, 0 },
        });
        AssertRefused("its buckets lie beyond 32 bits", new Histogram
        {
            SampleCount = 1,
            NegativeSpan = { new BucketSpan { Offset = int.MinValue, Length = 1 } },
            NegativeDelta = { 1 },
        });

        static void AssertRefused(string reason, Histogram histogram)
        {
            var batch = ProtobufOutcome.Parse(RandomFamilies.Encode(Family(MetricType.Histogram, histogram)));
            Assert.Equal($"the native histogram \"h\" cannot be expressed: {reason}", new OtlpEncoder(gzip: false).Encode(RangeOf(batch), int.MaxValue).Refusal);
        }
    }

    [Fact]
    public void What_makes_a_histogram_native_is_what_does_in_Prometheus()
    {
        AssertSeries("h", new Histogram { PositiveSpan = { new BucketSpan() } });
        AssertSeries("h", new Histogram { NegativeSpan = { new BucketSpan { Offset = 5 } } });
        AssertSeries("h", new Histogram { ZeroThreshold = 0.1 });
        AssertSeries("h", new Histogram { SampleCount = 1, ZeroCount = 1 });
        AssertSeries("h_bucket h_sum h_count", new Histogram { Schema = 3, SampleCount = 1 });
        AssertSeries("h_bucket h_sum h_count", new Histogram { ZeroCountFloat = 1 });
        AssertSeries("h_bucket h_sum h_count", new Histogram { ZeroThreshold = 1, Bucket = { new Bucket { UpperBound = double.PositiveInfinity } } });

        static void AssertSeries(string expected, Histogram histogram)
        {
            var batch = ProtobufOutcome.Parse(RandomFamilies.Encode(Family(MetricType.Histogram, histogram)));
            Assert.Equal(expected, string.Join(' ', TextOutcome.SeriesOf(batch).Select(series => series.Name)));
        }
    }

    [Fact]
    public void What_Prometheus_would_refuse_is_refused()
    {
        var one = new BucketSpan { Length = 1 };
        AssertRefused("schema 9 is not one from -4 to 8", new Histogram { Schema = 9, PositiveSpan = { new BucketSpan() } });
        AssertRefused("schema -53 is not one from -4 to 8", new Histogram { Schema = -53, PositiveSpan = { new BucketSpan() } });
        AssertRefused("positive side: the spans need 1 buckets, and there are 0", new Histogram { PositiveSpan = { one } });
        AssertRefused("negative side: the spans need 4294967295 buckets, and there are 1", new Histogram
        {
            NegativeSpan = { new BucketSpan { Length = uint.MaxValue } },
            NegativeDelta = { 1 },
        });
        AssertRefused("positive side: span 2 has the negative offset -1", new Histogram
        {
            PositiveSpan = { one, new BucketSpan { Offset = -1, Length = 1 } },
            PositiveDelta = { 1, 1 },
        });
        AssertRefused("negative side: bucket 2 has a negative count", new Histogram
        {
            NegativeSpan = { new BucketSpan { Length = 2 } },
            NegativeDelta = { 1, -2 },
        });
        AssertRefused("positive side: bucket 2 has a negative count", new Histogram
        {
            PositiveSpan = { new BucketSpan { Length = 2 } },
            PositiveDelta = { long.MaxValue, 1 },
        });
        AssertRefused("positive side: bucket 1 has a negative count", new Histogram
        {
            SampleCountFloat = 1,
            PositiveSpan = { one },
            PositiveCount = { -0.5 },
        });
        AssertRefused("the buckets hold 3 observations, and the count is 2", new Histogram
        {
            SampleCount = 2,
            ZeroCount = 1,
            PositiveSpan = { one },
            PositiveDelta = { 1 },
            NegativeSpan = { one },
            NegativeDelta = { 1 },
        });
        AssertRefused("the buckets hold 1 observations, and the count is 2", new Histogram { SampleCount = 2, ZeroCount = 1 });
        AssertRefused("the buckets hold 3 observations, and the count is 2", new Histogram { SampleCount = 2, ZeroCount = 3, SampleSum = double.NaN });
        AssertRefused("the count is negative", new Histogram { SampleCountFloat = -1, ZeroCountFloat = 1, ZeroThreshold = 1 });
        AssertRefused("positive side: more than 16384 buckets or spans", new Histogram
        {
            SampleCount = 0,
            PositiveSpan = { new BucketSpan { Length = 16_385 } },
            PositiveDelta = { new long[16_385] },
        });

        static void AssertRefused(string reason, Histogram histogram) => Assert.Equal(
            (RejectCode.ProtobufInvalid, $"metric family 1 \"h\": metric 1 is not a valid native histogram: {reason}"),
            ProtobufOutcome.Refuse(RandomFamilies.Encode(Family(MetricType.Histogram, histogram))) is var error ? (error.Code, error.Detail) : default);
    }

    [Fact]
    public void Equal_histograms_are_equal_symbols_however_they_were_written()
    {
        var packed = new Histogram { SampleCount = 1, PositiveSpan = { new BucketSpan { Length = 1 } }, PositiveDelta = { 1 } };
        var loose = new Histogram(packed) { SampleSum = 0, Schema = 0, ZeroThreshold = 0, ZeroCountFloat = 0, PositiveCount = { 7 } };
        var batch = ProtobufOutcome.Parse(RandomFamilies.Encode(Family(MetricType.Histogram, packed, loose)));
        Assert.Equal(batch.Samples[0].Histogram, batch.Samples[1].Histogram);
        Assert.Equal(0, batch.Samples[0].Value);
    }

    [Fact]
    public void Text_has_the_infinite_bucket_the_sum_and_the_count()
    {
        var batch = ProtobufOutcome.Parse(RandomFamilies.Encode(
            Family(MetricType.Histogram, new Histogram { SampleCount = 3, SampleSum = 2.5, ZeroCount = 3 }),
            new MetricFamily { Name = "z", Type = MetricType.Gauge, Metric = { new Metric { Gauge = new Gauge { Value = 1 } } } }), Sample.NoTimestamp);

        const string series = "h_bucket{le=\"+Inf\",n=\"0\"} 3\nh_sum{n=\"0\"} 2.5\nh_count{n=\"0\"} 3\n";
        Assert.Equal($"# TYPE h histogram\n{series}# TYPE z gauge\nz 1\n", Text(new PrometheusTextWriter(batch, null)));
        Assert.Equal($"# TYPE h histogram\n{series}# TYPE z gauge\nz 1\n# EOF\n", Text(new OpenMetricsWriter(batch, null)));
    }

    [Fact]
    public void Among_other_types_it_is_untyped_text_and_a_family_of_its_own_in_protobuf()
    {
        var native = Family(MetricType.Histogram, new Histogram { SampleCount = 3, ZeroCount = 3 });
        var gauge = new MetricFamily { Name = "h", Type = MetricType.Gauge, Metric = { new Metric { Gauge = new Gauge { Value = 1 } } } };
        var batch = new MetricBatch();
        foreach (var family in (MetricFamily[])[gauge, native])
        {
            batch.BeginPush();
            Assert.True(MetricFamilyReader.TryRead(
                RandomFamilies.Encode(family), batch, new ParseContext(PushLimits.Default, Sample.NoTimestamp), out _, out _));
        }

        Assert.Equal("# TYPE h untyped\nh 1\nh_bucket{le=\"+Inf\",n=\"0\"} 3\nh_count{n=\"0\"} 3\nh_sum{n=\"0\"} 0\n", Text(new PrometheusTextWriter(batch, null)));
        var untyped = new MetricFamily { Name = "h", Type = MetricType.Untyped, Metric = { new Metric { Untyped = new Untyped { Value = 1 } } } };
        Assert.Equal([native, untyped], Decode(Write(batch)));
    }

    [Fact]
    public void A_direct_producer_may_send_it_and_is_held_to_the_same()
    {
        var histogram = new Reference.RemoteWriteV1.Histogram
        {
            CountInt = 1,
            ZeroCountInt = 1,
            ResetHint = Reference.RemoteWriteV1.Histogram.Types.ResetHint.No,
            Timestamp = Now - 1,
        };
        var batch = new MetricBatch();
        Assert.True(RemoteWrite2Reader.TryRead(
            Encode(Series(histogram)), batch, new ParseContext(PushLimits.Default, Now), out var error), error?.Detail);

        // Its name is that of the family, for all that it looks like a part of one.
        Assert.Equal("h_count", batch.Symbols.GetString(batch.Families[0].Name));
        Assert.Equal(Model.MetricType.Histogram, batch.Families[0].Type);
        Assert.Equal(Now - 1, batch.Samples[0].TimestampMs);
        Assert.Equal("08013001", Convert.ToHexStringLower(batch.Symbols[batch.Samples[0].Histogram]));

        AssertRefused("a native histogram is not valid: the buckets hold 1 observations, and the count is 2", Series(new(histogram) { CountInt = 2 }));
        AssertRefused("a native histogram is not valid: schema -53 is not one from -4 to 8", Series(new(histogram) { Schema = -53, CustomValues = { 1 } }));
        var both = Series(histogram);
        both.Samples.Add(new Reference.RemoteWriteV2.Sample { Value = 1 });
        AssertRefused("a series has both samples and histograms", both);

        static void AssertRefused(string reason, Reference.RemoteWriteV2.TimeSeries series)
        {
            Assert.False(RemoteWrite2Reader.TryRead(
                Encode(series), new MetricBatch(), new ParseContext(PushLimits.Default, Now), out var error));
            Assert.Equal((RejectCode.MessageInvalid, "remote write 2.0: " + reason), (error.Code, error.Detail));
        }

        static Reference.RemoteWriteV2.TimeSeries Series(Reference.RemoteWriteV1.Histogram histogram) =>
            new() { LabelsRefs = { 1, 2 }, Histograms = { histogram } };

        static byte[] Encode(Reference.RemoteWriteV2.TimeSeries series) =>
            new Request { Symbols = { "", "__name__", "h_count" }, Timeseries = { series } }.ToByteArray();
    }

    [Fact]
    public void A_series_of_histograms_that_ends_is_two_series_in_a_request()
    {
        var batch = ProtobufOutcome.Parse(RandomFamilies.Encode(Family(MetricType.Histogram, new Histogram { ZeroThreshold = 1 })));
        var range = new SampleRange(batch, new[]
        {
            new SeriesSample(0, 0, batch.Samples[0]),
            new SeriesSample(0, 0, new Sample(Now + 1, StaleMarker.Value)),
            new SeriesSample(0, 0, batch.Samples[0] with { TimestampMs = Now + 2 }),
        });

        new RemoteWriteEncoder(sendMetadata: false).EncodeMessage(range, int.MaxValue, out var message);
        Assert.Equal([(1, 0), (0, 1), (1, 0)], WriteRequest.Parser.ParseFrom(message.Span).Timeseries.Select(s => (s.Histograms.Count, s.Samples.Count)));

        message = new OtlpEncoder(gzip: false).Encode(range, int.MaxValue).Body;
        var metrics = Reference.Otlp.ExportMetricsServiceRequest.Parser.ParseFrom(message.Span).ResourceMetrics[0].ScopeMetrics[0].Metrics;
        Assert.Equal([true, false, true], metrics.Select(metric => metric.Gauge is null));
        Assert.Equal(1u, metrics[1].Gauge.DataPoints[0].Flags);
    }

    [Property(MaxTest = 200)]
    public void A_request_is_cut_by_the_size_of_its_histograms(int seed)
    {
        var random = new RandomHistograms(seed);
        var batch = ProtobufOutcome.Parse(RandomFamilies.Encode(Family(
            MetricType.Histogram, [.. Enumerable.Range(0, 50).Select(_ => random.Next())])));
        var range = RangeOf(batch);
        var encoder = new RemoteWriteEncoder(sendMetadata: true);
        for (var maxBytes = 256; maxBytes <= 1 << 20; maxBytes *= 2)
        {
            Requests.AssertCut(range, maxBytes, (rest, limit) =>
            {
                var samples = encoder.EncodeMessage(rest, limit, out var message);
                return (message.Length, samples, Requests.RemoteWriteOvercount(WriteRequest.Parser.ParseFrom(message.Span)));
            });
        }
    }

    [Fact]
    public void Damaged_histograms_are_refused_or_are_valid_everywhere()
    {
        var random = new Random(3);
        var (accepted, refused) = (0, 0);
        var sink = new OtlpEncoder(gzip: false);
        for (var seed = 0; seed < 20_000; seed++)
        {
            var body = RandomFamilies.Encode(NextFamily(seed));
            for (var flips = random.Next(1, 3); flips > 0; flips--)
            {
                body[random.Next(body.Length)] = (byte)random.Next(256);
            }

            var batch = new MetricBatch();
            batch.BeginPush();
            if (!MetricFamilyReader.TryRead(body, batch, new ParseContext(PushLimits.Default, Now), out _, out var error))
            {
                Assert.Equal(RejectCode.ProtobufInvalid, error.Code);
                refused++;
                continue;
            }

            accepted++;
            var range = RangeOf(batch);
            for (var rest = range; !rest.Samples.IsEmpty;)
            {
                var request = sink.Encode(rest, int.MaxValue);
                Assert.Equal(request.Refusal is null, !request.Body.IsEmpty);
                rest = rest with { Samples = rest.Samples[request.Samples..] };
            }

            Text(new PrometheusTextWriter(batch, null));
            Text(new OpenMetricsWriter(batch, null));
            Assert.Equal(Histograms(batch), Histograms(ProtobufOutcome.Parse(Write(batch))));
            var decoded = new MetricBatch();
            Assert.True(RemoteWrite2Reader.TryRead(
                new RemoteWrite2Encoder().Encode(batch, 0, batch.Series.Length).Span, decoded, new ParseContext(PushLimits.Default, Now), out error), error?.Detail);
            Assert.Equal(Histograms(batch), Histograms(decoded));
        }

        Assert.True(accepted > 1000 && refused > 1000, $"{accepted} accepted, {refused} refused");

        static List<string> Histograms(MetricBatch batch) =>
            [.. batch.Samples.ToArray().Select(sample => Convert.ToHexString(batch.Symbols[sample.Histogram])).Order(StringComparer.Ordinal)];
    }

    private static MetricFamily NextFamily(int seed)
    {
        var random = new RandomHistograms(seed);
        return Family(seed % 4 == 0 ? MetricType.GaugeHistogram : MetricType.Histogram, random.Next(), random.Next());
    }

    private static MetricFamily Family(MetricType type, params Histogram[] histograms) => new()
    {
        Name = "h",
        Type = type,
        Metric = { histograms.Select((histogram, i) => new Metric { Label = { new LabelPair { Name = "n", Value = $"{i}" } }, Histogram = histogram }) },
    };

    private static SampleRange RangeOf(MetricBatch batch)
    {
        var samples = new List<SeriesSample>();
        for (var s = 0; s < batch.Series.Length; s++)
        {
            foreach (var sample in batch.SamplesOf(batch.Series[s]))
            {
                samples.Add(new SeriesSample(s, 0, sample));
            }
        }

        return new SampleRange(batch, samples.ToArray());
    }

    private static string Text(ExpositionWriter writer)
    {
        var output = new ArrayBufferWriter<byte>();
        writer.WriteAll(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
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
}
