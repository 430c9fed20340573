using System.Collections.Immutable;
using System.Text;
using PushGateway.Exposition;
using PushGateway.Model;

namespace PushGateway.Api.Auth;

/// <summary>Selects the series that a pinned credential may see: those that have all of its labels.</summary>
internal static class PinnedSeries
{
    /// <summary>Copies the series of <paramref name="reading"/> that have every one of the labels, with their families and groups.</summary>
    public static GroupReading Of(GroupReading reading, ImmutableArray<KeyValuePair<string, string>> labels)
    {
        var kept = new GroupReading();
        var all = reading.Batch;
        var pinned = labels.Select(label => new Label(Find(all.Symbols, label.Key), Find(all.Symbols, label.Value))).ToArray();
        foreach (var group in reading.Groups)
        {
            var start = kept.Batch.Mark;
            Copy(all, group.Start.Series..group.End.Series, pinned, kept.Batch, family => kept.AddPushTime(reading.PushTimeNs(family)));
            if (kept.Batch.Mark != start)
            {
                kept.AddGroup(group.Key, start);
            }
        }

        Copy(all, reading.GroupsEnd.Series..all.Series.Length, pinned, kept.Batch, static _ => { });
        return kept;
    }

    private static void Copy(MetricBatch all, Range range, Label[] pinned, MetricBatch kept, Action<int> copied)
    {
        var family = -1;
        var copiedFamily = -1;
        foreach (ref readonly var series in all.Series[range])
        {
            if (!HasAll(all.LabelsOf(series), pinned))
            {
                continue;
            }

            if (series.Family != family)
            {
                family = series.Family;
                copiedFamily = CopyFamily(all, family, kept);
                copied(family);
            }

            kept.BeginSeries(copiedFamily, Copy(all, series.Name, kept));
            foreach (var label in all.LabelsOf(series))
            {
                kept.AddLabel(Copy(all, label.Name, kept), Copy(all, label.Value, kept));
            }

            foreach (var sample in all.SamplesOf(series))
            {
                kept.AddSample(sample with { Histogram = Copy(all, sample.Histogram, kept) });
            }

            kept.EndSeries();
        }
    }

    private static int CopyFamily(MetricBatch all, int index, MetricBatch kept)
    {
        // Each family is a push of its own, because several families may have the same name.
        kept.BeginPush();
        var family = all.Families[index];
        return kept.AddFamily(Copy(all, family.Name, kept), family.Type, Copy(all, family.Help, kept), Copy(all, family.Unit, kept));
    }

    private static bool HasAll(ReadOnlySpan<Label> labels, Label[] pinned)
    {
        foreach (var label in pinned)
        {
            if (!labels.Contains(label))
            {
                return false;
            }
        }

        return true;
    }

    private static int Copy(MetricBatch from, int symbol, MetricBatch to) => to.Symbols.Intern(from.Symbols[symbol]);

    private static int Find(SymbolTable symbols, string text) => symbols.Find(Encoding.UTF8.GetBytes(text));
}
