using PushGateway.Model;
using PushGateway.Push;

namespace PushGateway.Formats.Json;

/// <summary>Finds the series that records which name their groups push twice.</summary>
public static class RepeatedSeries
{
    /// <summary>
    /// Returns the names of the metrics whose series an earlier record has at the same time, by the index of the record. A record that is
    /// wrong in itself, or too large, is left out.
    /// </summary>
    /// <param name="body">The body, without byte order mark.</param>
    /// <param name="records">Where its records are.</param>
    /// <param name="context">Limits and time of receipt.</param>
    public static ILookup<int, byte[]> Find(ReadOnlySpan<byte> body, IReadOnlyList<Range> records, in ParseContext context)
    {
        var batch = new MetricBatch();
        var recordOf = new List<int>();
        for (var record = 0; record < records.Count; record++)
        {
            var start = batch.BeginPush();
            if (!TryRead(body[records[record]], batch, context))
            {
                batch.Rollback(start);
            }

            recordOf.AddRange(Enumerable.Repeat(record, batch.Series.Length - recordOf.Count));
        }

        return (Find(batch, first: 0) ?? []).ToLookup(series => recordOf[series], series => batch.Symbols[batch.Series[series].Name].ToArray());
    }

    private static bool TryRead(ReadOnlySpan<byte> record, MetricBatch batch, in ParseContext context)
    {
        try
        {
            return RecordReader.TryRead(record, new NamedGroups([]), batch, context, out _);
        }
        catch (PushTooLargeException)
        {
            return false;
        }
    }

    /// <summary>Returns the indexes of the series that equal an earlier one and have the same time; null when there is none.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="first">Index of the first series that is looked at.</param>
    internal static List<int>? Find(MetricBatch batch, int first)
    {
        using var index = new SeriesIndex(batch, batch.Series.Length - first, byTime: true);
        List<int>? repeated = null;
        for (var series = first; series < batch.Series.Length; series++)
        {
            if (index.FindOrAdd(series) != series)
            {
                (repeated ??= []).Add(series);
            }
        }

        return repeated;
    }
}
