using FsCheck.Xunit;
using Google.Protobuf;
using PushGateway.Formats.RemoteWrite2;
using PushGateway.Model;
using PushGateway.Push;
using Xunit;
using Histogram = PushGateway.Reference.RemoteWriteV1.Histogram;
using Metadata = PushGateway.Reference.RemoteWriteV2.Metadata;
using ParseContext = PushGateway.Push.ParseContext;
using Request = PushGateway.Reference.RemoteWriteV2.Request;
using Sample = PushGateway.Reference.RemoteWriteV2.Sample;
using TimeSeries = PushGateway.Reference.RemoteWriteV2.TimeSeries;

namespace PushGateway.Core.Tests.Formats.RemoteWrite2;

public sealed class RemoteWrite2ReaderTests
{
    private const uint ManySymbols = 300;

    // Of a field that nobody knows, and its value. A series that begins with it is not of the common shape.
    private static readonly byte[] Unknown = [0x78, 0x01];
    private static readonly byte[] LongZero = [0x10, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00];
    private static readonly byte[] IsInteger = [0xC0, 0x3E, 0x01];

    // By reference; the rest are values.
    private static readonly string[] Names = ["", "A", "__name__", "job", "le", "quantile", "zone", "x_total", "x_sum", "x", "not legal"];

    [Property(MaxTest = 3000)]
    public void A_series_of_the_common_shape_is_read_as_any_other(int seed)
    {
        var random = new Random(seed);
        var series = RandomSeries(random).ToList();
        var groupingLabels = random.Next(3) == 0;

        var common = Parse(series, groupingLabels);
        var other = Parse([.. series.Select(one => (byte[])[.. Unknown, .. one])], groupingLabels);

        Assert.Equal(other.Error, common.Error);
        Assert.Equal(other.Lines, common.Lines);
    }

    private static (PushError? Error, IReadOnlyList<string> Lines) Parse(IReadOnlyList<byte[]> series, bool groupingLabels)
    {
        using var request = new MemoryStream();
        using (var output = new CodedOutputStream(request, leaveOpen: true))
        {
            for (uint symbol = 0; symbol < ManySymbols; symbol++)
            {
                Write(output, Request.SymbolsFieldNumber, ByteString.CopyFromUtf8(symbol < Names.Length ? Names[symbol] : $"value {symbol}"));
            }

            foreach (var one in series)
            {
                Write(output, Request.TimeseriesFieldNumber, ByteString.CopyFrom(one));
            }
        }

        var batch = new MetricBatch();
        batch.BeginPush(groupingLabels ? [new Label(batch.Symbols.Intern("job"), batch.Symbols.Intern("mine"))] : []);
        RemoteWrite2Reader.TryRead(request.ToArray(), batch, new ParseContext(PushLimits.Default, 1_700_000_000_000), out var error);
        return (error, batch.Lines());
    }

    // Mostly of the labels and metadata of the one before, as writers write them; now and then broken.
    private static IEnumerable<byte[]> RandomSeries(Random random)
    {
        var names = RandomNames(random);
        var metadata = RandomMetadata(random);
        for (var i = random.Next(1, 12); i > 0; i--)
        {
            names = random.Next(4) == 0 ? RandomNames(random) : names;
            metadata = random.Next(4) == 0 ? RandomMetadata(random) : metadata;
            var series = Series(random, random.Next(4) == 0 ? names[..random.Next(names.Length + 1)] : names, metadata);
            if (random.Next(20) == 0)
            {
                series[random.Next(series.Length)] ^= (byte)(1 << random.Next(8));
            }

            yield return series;
        }
    }

    private static uint[] RandomNames(Random random) => [.. new uint[] { 1, 2, 3, 4, 5, 6 }.Where(name => random.Next(name == 2 ? 20 : 2) != 0)];

    private static Metadata? RandomMetadata(Random random) => random.Next(4) == 0 ? null : new Metadata
    {
        Type = random.Next(2) == 0 ? (int)MetricType.Summary : random.Next(9),
        HelpRef = (uint)random.Next(3) * 140,
        UnitRef = (uint)random.Next(2) * 20,
    };

    private static byte[] Series(Random random, uint[] names, Metadata? metadata)
    {
        using var series = new MemoryStream();
        using (var output = new CodedOutputStream(series, leaveOpen: true))
        {
            WriteLabels(output, random, names);
            for (var samples = random.Next(10) == 0 ? random.Next(3) : 1; samples > 0; samples--)
            {
                Write(output, TimeSeries.SamplesFieldNumber, ByteString.CopyFrom(RandomSample(random)));
            }

            if (random.Next(20) == 0)
            {
                Write(output, TimeSeries.HistogramsFieldNumber, new Histogram { ZeroThreshold = 0.1, Timestamp = 1_700_000_000_000 }.ToByteString());
            }

            if (metadata is not null)
            {
                Write(output, TimeSeries.MetadataFieldNumber, metadata.ToByteString());
            }
        }

        return series.ToArray();
    }

    private static void WriteLabels(CodedOutputStream output, Random random, uint[] names)
    {
        using var refs = new MemoryStream();
        using (var packed = new CodedOutputStream(refs, leaveOpen: true))
        {
            foreach (var name in names)
            {
                packed.WriteUInt32(name);
                packed.WriteUInt32(name == 2 ? (uint)random.Next(7, random.Next(10) == 0 ? 11 : 10) : random.Next(10) == 0 ? 0 : (uint)random.Next(11, (int)ManySymbols));
            }
        }

        Write(output, TimeSeries.LabelsRefsFieldNumber, ByteString.CopyFrom(refs.ToArray()));
    }

    private static byte[] RandomSample(Random random)
    {
        var sample = new Sample
        {
            Value = random.Next(10) == 0 ? BitConverter.Int64BitsToDouble(random.NextInt64()) : random.Next(1, 100),
            Timestamp = random.Next(10) switch
            {
                0 => 0,
                1 => random.NextInt64(long.MinValue, long.MaxValue),
                2 => random.Next(),
                _ => 1_700_000_000_000 + random.Next(1000),
            },
        };
        return [.. sample.ToByteArray(), .. sample.Timestamp == 0 ? LongZero : [], .. random.Next(2) == 0 ? IsInteger : []];
    }

    private static void Write(CodedOutputStream output, int field, ByteString bytes)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(bytes);
    }
}
