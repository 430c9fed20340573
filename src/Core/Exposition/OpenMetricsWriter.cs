using System.Buffers;
using System.Buffers.Text;
using PushGateway.Formats.OpenMetrics;
using PushGateway.Formats.Prometheus;
using PushGateway.Model;
using PushGateway.Wire;

namespace PushGateway.Exposition;

/// <summary>
/// Writes a batch as OpenMetrics 1.0 text, in the order of <see cref="PrometheusTextWriter"/>, with <c># EOF</c> at the end.
/// </summary>
/// <remarks>
/// <para>
/// A counter <c>foo_total</c> is the family <c>foo</c>. A counter whose name lacks <c>_total</c> is written as unknown, without the suffix that
/// expfmt would add: a series has the same name in every format. <c>_created</c>, <c>_gsum</c> and <c>_gcount</c> are written in the family
/// that they belong to. Bounds have their canonical form (<c>le="1.0"</c>).
/// </para>
/// <para>
/// A native histogram is written as its bucket <c>+Inf</c>, its sum and its count. A family becomes unknown when OpenMetrics would take one of
/// its names for another family's. Values are not judged: a counter that is NaN, or a histogram without the bucket <c>+Inf</c>, may have been
/// pushed in another format, and is written as it is.
/// </para>
/// </remarks>
internal sealed class OpenMetricsWriter : TextExpositionWriter
{
    // Help and label values have the same escapes here.
    private static readonly SearchValues<byte> Escaped = SearchValues.Create("\\\n\""u8);

    private readonly OpenMetricsFamilies _families;

    public OpenMetricsWriter(MetricBatch batch, GroupReading? reading, ExpositionSlice? slice = null)
        : base(TextView.Of(batch, reading), reading, slice) => _families = new OpenMetricsFamilies(Batch);

    private protected override void WriteKeys(Span<ExposedSeries> keys) => _families.WriteKeys(keys);

    internal override ReadOnlySpan<byte> BoundNameOf(int rank) =>
        _families[rank].Type == MetricType.StateSet ? _families.Names[_families[rank].Name] : SeriesRoles.BoundName(_families[rank].Type);

    private protected override void WriteEnd(IBufferWriter<byte> output) => output.Write("# EOF\n"u8);

    private protected override void WriteHeader(int family, IBufferWriter<byte> output)
    {
        var (symbols, exposed) = (Batch.Symbols, _families[family]);
        var name = _families.Names[exposed.Name];
        WriteMetadata("# TYPE "u8, name, output);
        output.Write(OpenMetricsType.Word(exposed.Type));
        output.Write("\n"u8);
        if (exposed.Unit != 0)
        {
            WriteMetadata("# UNIT "u8, name, output);
            output.Write(symbols[exposed.Unit]);
            output.Write("\n"u8);
        }

        if (exposed.Help != 0)
        {
            WriteMetadata("# HELP "u8, name, output);
            WriteEscaped(symbols[exposed.Help], Escaped, output);
            output.Write("\n"u8);
        }
    }

    private static void WriteMetadata(ReadOnlySpan<byte> keyword, ReadOnlySpan<byte> name, IBufferWriter<byte> output)
    {
        output.Write(keyword);
        output.Write(name);
        output.Write(" "u8);
    }

    private protected override void WriteLabelValue(in ExposedSeries key, Label label, IBufferWriter<byte> output)
    {
        var value = Batch.Symbols[label.Value];
        var isBound = label.Name == key.BoundName && _families[key.Family].Type != MetricType.StateSet;
        if (!isBound || !TryWriteBound(value, output))
        {
            WriteEscaped(value, Escaped, output);
        }
    }

    // Canonical numbers: Go's %g, "with a .0 appended in case there is no decimal point or exponent".
    private static bool TryWriteBound(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        if (!GoFloat.TryParse(text, out var bound))
        {
            return false;
        }

        var span = output.GetSpan(GoFloat.MaxLength);
        var length = GoFloat.Format(bound, span);
        var isInteger = double.IsFinite(bound) && !span[..length].ContainsAny((byte)'.', (byte)'e');
        output.Advance(length);
        output.Write(isInteger ? ".0"u8 : default);
        return true;
    }

    private protected override void WriteTimestamp(long timestampMs, IBufferWriter<byte> output)
    {
        output.Write(timestampMs < 0 ? "-"u8 : default);
        var (seconds, milliseconds) = Math.DivRem(timestampMs, 1000);
        Utf8Formatter.TryFormat(Math.Abs(seconds), output.GetSpan(GoFloat.MaxLength), out var written);
        output.Advance(written);
        if (milliseconds != 0)
        {
            output.Write("."u8);
            Utf8Formatter.TryFormat(Math.Abs(milliseconds), output.GetSpan(GoFloat.MaxLength), out written, new StandardFormat('D', 3));
            output.Advance(written);
        }
    }
}
