using System.Buffers;
using System.Buffers.Text;
using PushGateway.Formats.Prometheus;
using PushGateway.Model;
using PushGateway.Wire;

namespace PushGateway.Exposition;

/// <summary>
/// Writes a batch as Prometheus text format 0.0.4: families in order of their names, series in order of their labels, the buckets of a
/// histogram and the quantiles of a summary in order before their sum and count.
/// </summary>
/// <remarks>
/// <para>
/// Different pushes may bring families of one name. They are written as one, with the first help text, and as <c>untyped</c> if their types
/// differ. A family that has the name of a histogram's series comes before all others, where it does not disturb the histogram. A type that
/// 0.0.4 does not have becomes the nearest that it has: a gauge histogram is a <c>histogram</c>, info and state set are a <c>gauge</c>.
/// Families without series are left out.
/// </para>
/// <para>
/// A native histogram is written as its bucket <c>+Inf</c>, its sum and its count. Names are written as they are, because every reader has made
/// sure of legacy names. A series is written once for each of its samples. A family may have the name of another one's sum, count or bucket.
/// It is written like any other: Prometheus scrapes it, though expfmt refuses it and Pushgateway refuses such a push as inconsistent.
/// </para>
/// </remarks>
internal sealed class PrometheusTextWriter : TextExpositionWriter
{
    private static readonly SearchValues<byte> EscapedInHelp = SearchValues.Create("\\\n"u8);
    private static readonly SearchValues<byte> EscapedInValue = SearchValues.Create("\\\n\""u8);

    private readonly ExposedFamilies _families;

    public PrometheusTextWriter(MetricBatch batch, GroupReading? reading, ExpositionSlice? slice = null)
        : base(TextView.Of(batch, reading), reading, slice) => _families = new ExposedFamilies(Batch);

    private protected override void WriteKeys(Span<ExposedSeries> keys) => _families.WriteKeys(keys);

    internal override ReadOnlySpan<byte> BoundNameOf(int rank) => SeriesRoles.BoundName(_families[rank].Type);

    private protected override void WriteHeader(int family, IBufferWriter<byte> output)
    {
        var symbols = Batch.Symbols;
        var name = symbols[_families[family].Name];
        var help = symbols[_families[family].Help];
        if (!help.IsEmpty)
        {
            output.Write("# HELP "u8);
            output.Write(name);
            output.Write(" "u8);
            WriteEscaped(help, EscapedInHelp, output);
            output.Write("\n"u8);
        }

        output.Write("# TYPE "u8);
        output.Write(name);
        output.Write(TypeLine(_families[family].Type));
    }

    private protected override void WriteLabelValue(in ExposedSeries key, Label label, IBufferWriter<byte> output) =>
        WriteEscaped(Batch.Symbols[label.Value], EscapedInValue, output);

    private protected override void WriteTimestamp(long timestampMs, IBufferWriter<byte> output)
    {
        Utf8Formatter.TryFormat(timestampMs, output.GetSpan(GoFloat.MaxLength), out var written);
        output.Advance(written);
    }

    private static ReadOnlySpan<byte> TypeLine(MetricType type) => type switch
    {
        MetricType.Counter => " counter\n"u8,
        MetricType.Gauge or MetricType.Info or MetricType.StateSet => " gauge\n"u8,
        MetricType.Histogram or MetricType.GaugeHistogram => " histogram\n"u8,
        MetricType.Summary => " summary\n"u8,
        _ => " untyped\n"u8,
    };
}
