using System.Buffers;
using PushGateway.Model;
using PushGateway.Wire;

namespace PushGateway.Exposition;

/// <summary>What the text formats share: a line for each sample, behind the header of its family.</summary>
internal abstract class TextExpositionWriter : ExpositionWriter
{
    private const int SeriesPerPiece = 512;

    private int _family;

    private protected TextExpositionWriter(TextView view, GroupReading? reading, ExpositionSlice? slice)
        : base(view.Batch, view.GroupedSeries, view.OutlineSeries, reading, slice) =>
        _family = slice is { ContinuesFamily: true } ? slice.First : -1;

    internal override int SeriesOfHistogram => TextView.SeriesOfHistogram;

    private protected override int Write(Span<ExposedSeries> rest, IBufferWriter<byte> output)
    {
        rest = rest[..Math.Min(rest.Length, SeriesPerPiece)];
        foreach (ref readonly var key in rest)
        {
            if (key.Family != _family)
            {
                _family = key.Family;
                WriteHeader(_family, output);
            }

            ref readonly var series = ref Batch.Series[key.Series];
            foreach (ref readonly var sample in Batch.SamplesOf(series))
            {
                output.Write(Batch.Symbols[series.Name]);
                WriteLabels(key, output);
                output.Write(" "u8);
                output.Advance(GoFloat.Format(sample.Value, output.GetSpan(GoFloat.MaxLength)));
                if (sample.TimestampMs != Sample.NoTimestamp)
                {
                    output.Write(" "u8);
                    WriteTimestamp(sample.TimestampMs, output);
                }

                output.Write("\n"u8);
            }
        }

        return rest.Length;
    }

    private protected abstract void WriteHeader(int family, IBufferWriter<byte> output);

    private protected abstract void WriteLabelValue(in ExposedSeries key, Label label, IBufferWriter<byte> output);

    private protected abstract void WriteTimestamp(long timestampMs, IBufferWriter<byte> output);

    private protected static void WriteEscaped(ReadOnlySpan<byte> text, SearchValues<byte> escaped, IBufferWriter<byte> output)
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

    private void WriteLabels(in ExposedSeries key, IBufferWriter<byte> output)
    {
        var labels = Labels.Of(key.Series);
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
            WriteLabelValue(key, label, output);
            separator = "\","u8;
        }

        output.Write("\"}"u8);
    }
}
