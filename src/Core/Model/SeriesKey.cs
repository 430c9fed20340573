using PushGateway.Wire;

namespace PushGateway.Model;

/// <summary>A series' identity as bytes: its name, then its sorted labels, each with its length.</summary>
internal static class SeriesKey
{
    public static void Write(BlobWriter writer, MetricBatch batch, in Series series)
    {
        var symbols = batch.Symbols;
        writer.WriteBytes(symbols[series.Name]);
        foreach (var label in batch.LabelsOf(series))
        {
            writer.WriteBytes(symbols[label.Name]);
            writer.WriteBytes(symbols[label.Value]);
        }
    }

    /// <summary>Reads the key to its end.</summary>
    /// <exception cref="InvalidDataException">The bytes are not those of a key.</exception>
    public static void Check(ReadOnlySpan<byte> key)
    {
        var reader = new BlobReader(key);
        reader.ReadBytes();
        while (!reader.AtEnd)
        {
            reader.ReadBytes();
            reader.ReadBytes();
        }
    }

    /// <summary>Adds the series with one sample to a family of a batch.</summary>
    public static void AddTo(MetricBatch destination, int family, ReadOnlySpan<byte> key, in Sample sample)
    {
        var reader = new BlobReader(key);
        destination.BeginSeries(family, destination.Symbols.Intern(reader.ReadBytes()));
        while (!reader.AtEnd)
        {
            var name = destination.Symbols.Intern(reader.ReadBytes());
            destination.AddLabel(name, destination.Symbols.Intern(reader.ReadBytes()));
        }

        destination.AddSample(sample);
        destination.EndSeries();
    }
}
