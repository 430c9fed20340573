using System.Buffers;
using System.Buffers.Text;
using PushGateway.Formats.Text;
using PushGateway.Model;

namespace PushGateway.Formats.OpenMetrics;

/// <summary>
/// Writes a batch as OpenMetrics 1.0 text, in the order of <see cref="PrometheusTextWriter"/>, with <c># EOF</c> at the end.
/// </summary>
/// <remarks>
/// <para>
/// A counter <c>foo_total</c> is the family <c>foo</c>. A counter whose name lacks <c>_total</c> is written with it, as expfmt does.
/// <c>_created</c>, <c>_gsum</c> and <c>_gcount</c> stand in the family that they belong to. Bounds have their canonical form
/// (<c>le="1.0"</c>).
/// </para>
/// <para>
/// A native histogram is written as its bucket <c>+Inf</c>, its sum and its count. Names that OpenMetrics would hold for another family's make that family an unknown one. Values are not judged: what was pushed in
/// another format, for example a counter that is NaN or a histogram without <c>+Inf</c> bucket, is written as it is.
/// </para>
/// </remarks>
public static class OpenMetricsWriter
{
    // Help and label values have the same escapes here.
    private static readonly SearchValues<byte> Escaped = SearchValues.Create("\\\n\""u8);

    /// <summary>Writes everything in <paramref name="batch"/>.</summary>
    /// <param name="batch">The batch, which is only read. A timestamp of <see cref="Sample.NoTimestamp"/> is not written.</param>
    /// <param name="output">Where to write to.</param>
    public static void Write(MetricBatch batch, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(output);
        batch = TextView.Of(batch);
        var count = batch.Series.Length;
        var order = ArrayPool<TextSeriesKey>.Shared.Rent(count);
        try
        {
            var keys = order.AsSpan(0, count);
            var families = new OpenMetricsFamilies(batch);
            families.WriteKeys(keys);
            keys.Sort(new TextSeriesOrder(batch));
            WriteFamilies(batch, families, keys, output);
        }
        finally
        {
            ArrayPool<TextSeriesKey>.Shared.Return(order);
        }

        output.Write("# EOF\n"u8);
    }

    private static void WriteFamilies(
        MetricBatch batch, OpenMetricsFamilies families, ReadOnlySpan<TextSeriesKey> keys, IBufferWriter<byte> output)
    {
        var family = -1;
        foreach (ref readonly var key in keys)
        {
            if (key.Family != family)
            {
                family = key.Family;
                WriteHeader(batch.Symbols, families, families[family], output);
            }

            ref readonly var series = ref batch.Series[key.Series];
            foreach (ref readonly var sample in batch.SamplesOf(series))
            {
                output.Write(batch.Symbols[series.Name]);
                output.Write(families.LacksTotal(key) ? "_total"u8 : default);
                WriteLabels(batch, series, families[family].Type == MetricType.StateSet ? 0 : key.BoundName, output);
                WriteSample(sample, output);
            }
        }
    }

    private static void WriteHeader(SymbolTable symbols, OpenMetricsFamilies families, OpenMetricsFamily family, IBufferWriter<byte> output)
    {
        var name = families.Names[family.Name];
        WriteMetadata("# TYPE "u8, name, output);
        output.Write(OpenMetricsType.Word(family.Type));
        output.Write("\n"u8);
        if (family.Unit != 0)
        {
            WriteMetadata("# UNIT "u8, name, output);
            output.Write(symbols[family.Unit]);
            output.Write("\n"u8);
        }

        if (family.Help != 0)
        {
            WriteMetadata("# HELP "u8, name, output);
            PrometheusTextWriter.WriteEscaped(symbols[family.Help], Escaped, output);
            output.Write("\n"u8);
        }
    }

    private static void WriteMetadata(ReadOnlySpan<byte> keyword, ReadOnlySpan<byte> name, IBufferWriter<byte> output)
    {
        output.Write(keyword);
        output.Write(name);
        output.Write(" "u8);
    }

    private static void WriteLabels(MetricBatch batch, in Series series, int boundName, IBufferWriter<byte> output)
    {
        if (series.LabelCount == 0)
        {
            return;
        }

        var separator = "{"u8;
        foreach (var label in batch.LabelsOf(series))
        {
            output.Write(separator);
            output.Write(batch.Symbols[label.Name]);
            output.Write("=\""u8);
            if (label.Name != boundName || !TryWriteBound(batch.Symbols[label.Value], output))
            {
                PrometheusTextWriter.WriteEscaped(batch.Symbols[label.Value], Escaped, output);
            }

            separator = "\","u8;
        }

        output.Write("\"}"u8);
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

    private static void WriteSample(in Sample sample, IBufferWriter<byte> output)
    {
        output.Write(" "u8);
        output.Advance(GoFloat.Format(sample.Value, output.GetSpan(GoFloat.MaxLength)));
        if (sample.TimestampMs != Sample.NoTimestamp)
        {
            WriteTimestamp(sample.TimestampMs, output);
        }

        output.Write("\n"u8);
    }

    private static void WriteTimestamp(long timestampMs, IBufferWriter<byte> output)
    {
        output.Write(timestampMs < 0 ? " -"u8 : " "u8);
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
