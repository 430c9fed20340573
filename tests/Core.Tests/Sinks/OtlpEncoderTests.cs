using System.IO.Compression;
using FsCheck.Xunit;
using Google.Protobuf;
using PushGateway.Model;
using PushGateway.Reference.Otlp;
using PushGateway.Sinks;
using Xunit;

namespace PushGateway.Core.Tests.Sinks;

public sealed class OtlpEncoderTests
{
    private readonly OtlpEncoder _encoder = new(gzip: false);

    [Property(MaxTest = 500)]
    public void The_reference_reads_back_what_was_encoded(int seed)
    {
        var range = RandomRange.Create(seed);

        var encoded = Encode(range).ToArray();

        // Protobuf's own equality compares doubles bit by bit.
        Assert.Equal(Expected(range), ExportMetricsServiceRequest.Parser.ParseFrom(encoded));
    }

    [Property(MaxTest = 500)]
    public void Requests_keep_to_their_limit_and_lose_no_sample(int seed, ushort limit) =>
        Requests.AssertCut(RandomRange.Create(seed), limit, (rest, maxBytes) =>
        {
            var request = _encoder.Encode(rest, maxBytes);
            Assert.Equal(Expected(rest with { Samples = rest.Samples[..request.Samples] }), ExportMetricsServiceRequest.Parser.ParseFrom(request.Body.Span));
            return (request.Body.Length, request.Samples, OtlpEncoder.MaxOvercount);
        });

    [Property(MaxTest = 500)]
    public void Every_byte_is_as_the_reference_writes_it(int seed)
    {
        var range = RandomRange.Create(seed);

        // The reference leaves the time out when it is 1970.
        range = range with { Samples = range.Samples.ToArray().Where(s => s.Sample.TimestampMs != 0).ToArray() };

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
            Assert.Equal(Expected(half), ExportMetricsServiceRequest.Parser.ParseFrom(Encode(half).Span));
        }
    }

    [Property(MaxTest = 50)]
    public void Gzip_unpacks_to_the_message(int seed)
    {
        var range = RandomRange.Create(seed);
        using var body = new MemoryStream(Encode(range, new OtlpEncoder(gzip: true)).ToArray());
        using var gzip = new GZipStream(body, CompressionMode.Decompress);
        using var message = new MemoryStream();
        gzip.CopyTo(message);

        Assert.Equal(Encode(range).ToArray(), message.ToArray());
    }

    [Theory]
    [InlineData(12, true, NumberDataPoint.ValueOneofCase.AsInt)]
    [InlineData(12, false, NumberDataPoint.ValueOneofCase.AsDouble)]
    [InlineData(0, true, NumberDataPoint.ValueOneofCase.AsInt)]
    [InlineData(-0.0, true, NumberDataPoint.ValueOneofCase.AsDouble)]
    [InlineData(12.5, true, NumberDataPoint.ValueOneofCase.AsDouble)]
    [InlineData(9007199254740992, true, NumberDataPoint.ValueOneofCase.AsInt)]
    [InlineData(-9007199254740992, true, NumberDataPoint.ValueOneofCase.AsInt)]
    [InlineData(9007199254740994, true, NumberDataPoint.ValueOneofCase.AsDouble)]
    [InlineData(double.NaN, true, NumberDataPoint.ValueOneofCase.AsDouble)]
    [InlineData(double.PositiveInfinity, true, NumberDataPoint.ValueOneofCase.AsDouble)]
    internal void Only_what_is_exactly_an_integer_travels_as_one(double value, bool isInteger, NumberDataPoint.ValueOneofCase expected)
    {
        var point = EncodeOne(new Sample(1, value, isInteger));

        Assert.Equal(expected, point.ValueCase);
    }

    [Fact]
    public void A_stale_marker_is_a_point_without_a_value()
    {
        var point = EncodeOne(new Sample(1_795_361_979_123, StaleMarker.Value, IsInteger: true));

        Assert.Equal(1u, point.Flags);
        Assert.Equal(NumberDataPoint.ValueOneofCase.None, point.ValueCase);
        Assert.Equal(1_795_361_979_123_000_000UL, point.TimeUnixNano);
    }

    [Fact]
    public void Encoding_again_allocates_nothing()
    {
        var range = RandomRange.Create(1);
        SteadyState.AssertNoAllocation(() => _encoder.Encode(range, int.MaxValue));
    }

    private ReadOnlyMemory<byte> Encode(SampleRange range, OtlpEncoder? encoder = null)
    {
        var request = (encoder ?? _encoder).Encode(range, int.MaxValue);
        Assert.Equal((range.Samples.Length, null), (request.Samples, request.Refusal));
        return request.Body;
    }

    private NumberDataPoint EncodeOne(Sample sample)
    {
        var batch = new MetricBatch();
        batch.BeginSeries(batch.AddFamily(batch.Symbols.Intern("m")), batch.Symbols.Intern("m"));
        batch.EndSeries();
        var encoded = Encode(new SampleRange(batch, new[] { new SeriesSample(0, 0, sample) }));
        var scope = ExportMetricsServiceRequest.Parser.ParseFrom(encoded.Span).ResourceMetrics.Single().ScopeMetrics.Single();
        return scope.Metrics.Single().Gauge.DataPoints.Single();
    }

    private static ExportMetricsServiceRequest Expected(SampleRange range)
    {
        var (batch, symbols) = (range.Batch, range.Batch.Symbols);
        var scope = new ScopeMetrics();
        foreach (var (index, _, sample) in range.Samples.ToArray())
        {
            var series = batch.Series[index];
            var name = symbols.GetString(series.Name);
            if (scope.Metrics.LastOrDefault()?.Name != name)
            {
                scope.Metrics.Add(new Metric { Name = name, Gauge = new Gauge() });
            }

            var point = new NumberDataPoint { TimeUnixNano = Nanoseconds(sample.TimestampMs) };
            point.Attributes.AddRange(batch.LabelsOf(series).ToArray().Select(l => new KeyValue
            {
                Key = symbols.GetString(l.Name),
                Value = new AnyValue { StringValue = symbols.GetString(l.Value) },
            }));
            if (BitConverter.DoubleToInt64Bits(sample.Value) == 0x7FF0_0000_0000_0002)
            {
                point.Flags = 1;
            }
            else if (sample.IsInteger && IsExactInteger(sample.Value))
            {
                point.AsInt = (long)sample.Value;
            }
            else
            {
                point.AsDouble = sample.Value;
            }

            scope.Metrics[^1].Gauge.DataPoints.Add(point);
        }

        return new ExportMetricsServiceRequest
        {
            ResourceMetrics = { new ResourceMetrics { Resource = new Resource(), ScopeMetrics = { scope } } },
        };
    }

    private static bool IsExactInteger(double value) =>
        Math.Abs(value) <= Math.Pow(2, 53) && value % 1 == 0 && !(value == 0 && double.IsNegative(value));

    private static ulong Nanoseconds(long milliseconds)
    {
        const long last = 9_223_372_036_854;
        return (ulong)(Math.Min(Math.Max(milliseconds, -last), last) * 1_000_000);
    }
}
