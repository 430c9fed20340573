using System.Buffers;
using System.Buffers.Text;
using PushGateway.Model;
using PushGateway.Wire;

namespace PushGateway.Exposition;

/// <summary>
/// Writes a batch as Prometheus text format 0.0.4: families in order of their names, series in order of their labels, the buckets of a
/// histogram and the quantiles of a summary in order before their sum and count.
/// </summary>
/// <remarks>
/// <para>
/// Families of one name, which different pushes may have brought, are written as one under the first help text; if their types differ,
/// under the type <c>untyped</c>. A family that has the name of a histogram's series comes before all others, where it does not disturb
/// the histogram. A type that 0.0.4 does not have becomes the nearest that it has: a gauge histogram is a
/// <c>histogram</c>, info and state set are a <c>gauge</c>. Families without series are left out.
/// </para>
/// <para>
/// A native histogram is written as its bucket <c>+Inf</c>, its sum and its count. Names are written as they are: every parser has made sure of
/// legacy names. A series is written once for each of its samples. A family whose name is that of another one's sum, count or bucket is written like any other, which
/// Prometheus scrapes and expfmt refuses; Pushgateway refuses such a push as inconsistent.
/// </para>
/// </remarks>
public sealed class PrometheusTextWriter : ExpositionWriter
{
    private const int SeriesPerPiece = 512;

    private static readonly SearchValues<byte> EscapedInHelp = SearchValues.Create("\\\n"u8);
    private static readonly SearchValues<byte> EscapedInValue = SearchValues.Create("\\\n\""u8);

    private readonly ExposedFamilies _families;
    private int _family = -1;

    internal PrometheusTextWriter(MetricBatch batch, GroupReading? reading)
        : this(TextView.Of(batch, reading?.GroupsEnd.Series ?? 0), reading)
    {
    }

    private PrometheusTextWriter(TextView view, GroupReading? reading)
        : base(view.Batch, view.GroupedSeries, reading) => _families = new ExposedFamilies(view.Batch);

    /// <summary>Writes everything in <paramref name="batch"/>; nothing when it has no series.</summary>
    /// <param name="batch">The batch, which is only read. A timestamp of <see cref="Sample.NoTimestamp"/> is not written.</param>
    /// <param name="output">Where to write to.</param>
    public static void Write(MetricBatch batch, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(output);
        new PrometheusTextWriter(batch, null).WriteAll(output);
    }

    private protected override void WriteKeys(Span<ExposedSeries> keys) => _families.WriteKeys(keys);

    private protected override int Write(Span<ExposedSeries> rest, IBufferWriter<byte> output)
    {
        rest = rest[..Math.Min(rest.Length, SeriesPerPiece)];
        foreach (ref readonly var key in rest)
        {
            if (key.Family != _family)
            {
                _family = key.Family;
                WriteHeader(Batch.Symbols, _families[_family], output);
            }

            foreach (ref readonly var sample in Batch.SamplesOf(Batch.Series[key.Series]))
            {
                WriteSample(key.Series, sample, output);
            }
        }

        return rest.Length;
    }

    private static void WriteHeader(SymbolTable symbols, MetricFamily family, IBufferWriter<byte> output)
    {
        if (family.Help != 0)
        {
            output.Write("# HELP "u8);
            output.Write(symbols[family.Name]);
            output.Write(" "u8);
            WriteEscaped(symbols[family.Help], EscapedInHelp, output);
            output.Write("\n"u8);
        }

        output.Write("# TYPE "u8);
        output.Write(symbols[family.Name]);
        output.Write(TypeLine(family.Type));
    }

    private static ReadOnlySpan<byte> TypeLine(MetricType type) => type switch
    {
        MetricType.Counter => " counter\n"u8,
        MetricType.Gauge or MetricType.Info or MetricType.StateSet => " gauge\n"u8,
        MetricType.Histogram or MetricType.GaugeHistogram => " histogram\n"u8,
        MetricType.Summary => " summary\n"u8,
        _ => " untyped\n"u8,
    };

    private void WriteSample(int series, in Sample sample, IBufferWriter<byte> output)
    {
        output.Write(Batch.Symbols[Batch.Series[series].Name]);
        WriteLabels(Labels.Of(series), output);
        output.Write(" "u8);
        output.Advance(GoFloat.Format(sample.Value, output.GetSpan(GoFloat.MaxLength)));
        if (sample.TimestampMs != Sample.NoTimestamp)
        {
            output.Write(" "u8);
            Utf8Formatter.TryFormat(sample.TimestampMs, output.GetSpan(GoFloat.MaxLength), out var written);
            output.Advance(written);
        }

        output.Write("\n"u8);
    }

    private void WriteLabels(ReadOnlySpan<Label> labels, IBufferWriter<byte> output)
    {
        if (labels.IsEmpty)
        {
            return;
        }

        var separator = "{"u8;
        foreach (var label in labels)
        {
            output.Write(separator);
            output.Write(Batch.Symbols[label.Name]);
            output.Write("=\""u8);
            WriteEscaped(Batch.Symbols[label.Value], EscapedInValue, output);
            separator = "\","u8;
        }

        output.Write("\"}"u8);
    }

    internal static void WriteEscaped(ReadOnlySpan<byte> text, SearchValues<byte> escaped, IBufferWriter<byte> output)
    {
        for (var plain = text.IndexOfAny(escaped); plain >= 0; plain = text.IndexOfAny(escaped))
        {
            output.Write(text[..plain]);
            output.Write(text[plain] switch
            {
                (byte)'\n' => @"\n"u8,
                (byte)'"' => @"\"""u8,
                _ => @"\\"u8,
            });
            text = text[(plain + 1)..];
        }

        output.Write(text);
    }
}
