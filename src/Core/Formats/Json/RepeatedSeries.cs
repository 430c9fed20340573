using System.Collections.Immutable;
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
    /// <param name="pinned">Labels that every group has in place of its own of the same names.</param>
    /// <param name="context">Limits and time of receipt.</param>
    public static ILookup<int, byte[]> Find(
        ReadOnlySpan<byte> body, IReadOnlyList<Range> records, ImmutableArray<KeyValuePair<string, string>> pinned, in ParseContext context)
    {
        var batch = new MetricBatch();
        var byGroup = new Dictionary<GroupingKey, List<int>>();
        for (var record = 0; record < records.Count; record++)
        {
            if (TryRead(body[records[record]], pinned, batch, context) is not { } group)
            {
                continue;
            }

            if (!byGroup.TryGetValue(group, out var ofGroup))
            {
                byGroup.Add(group, ofGroup = []);
            }

            ofGroup.Add(record);
        }

        var repeated = new List<(int Record, byte[] Name)>();
        foreach (var ofGroup in byGroup.Values.Where(ofGroup => ofGroup.Count > 1))
        {
            batch.Clear();
            var recordOf = new List<int>();
            foreach (var record in ofGroup)
            {
                TryRead(body[records[record]], pinned, batch, context);
                recordOf.AddRange(Enumerable.Repeat(record, batch.Series.Length - recordOf.Count));
            }

            foreach (var series in Find(batch, first: 0) ?? [])
            {
                repeated.Add((recordOf[series], batch.Symbols[batch.Series[series].Name].ToArray()));
            }
        }

        return repeated.ToLookup(series => series.Record, series => series.Name);
    }

    // Returns the group of a record, or null when the record cannot be read.
    private static GroupingKey? TryRead(
        ReadOnlySpan<byte> record, ImmutableArray<KeyValuePair<string, string>> pinned, MetricBatch batch, in ParseContext context)
    {
        var start = batch.BeginPush();
        var groups = new NamedGroups(pinned);
        try
        {
            if (RecordReader.TryRead(record, groups, batch, context, out _))
            {
                return groups.All[0].Key;
            }
        }
        catch (PushTooLargeException)
        {
            // The record is left out.
        }

        batch.Rollback(start);
        return null;
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
