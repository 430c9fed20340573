using System.Buffers;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using PushGateway.Formats.Prometheus;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Wire;

namespace PushGateway.Formats;

/// <summary>
/// Whether what was pushed to a group can be exposed: what client_golang's registry checks for a Pushgateway (<c>checkSuffixCollisions</c>
/// and <c>checkMetricConsistency</c> in <c>registry.go</c>), in its words. The push is compared with itself alone.
/// </summary>
internal static class PushConsistency
{
    private const string Prefix = "pushed metrics are invalid or inconsistent with existing metrics: ";

    // An excerpt is for a person; the registry quotes the whole metric.
    private const int MaxQuoted = 1000;
    private const int MinSlots = 16;

    private static readonly ulong Seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    /// <summary>
    /// Checks what was added to <paramref name="batch"/> since <paramref name="since"/>; null when it is consistent, otherwise the first
    /// error. Linear in the number of labels; allocates nothing in the steady state.
    /// </summary>
    /// <param name="batch">The batch, with the group's labels in place. It is only read.</param>
    /// <param name="since">Where the push begins.</param>
    /// <param name="format">The format that the push had, which decides whether lines are one metric.</param>
    public static PushError? Check(MetricBatch batch, BatchMark since, PushFormat format) =>
        CheckFamilies(batch, since) ?? CheckSeries(batch, since, format);

    /// <summary>The first series, of those added since the mark, that is equal to one before it and has the same time; -1 when there is none.</summary>
    public static int FindDuplicate(MetricBatch batch, BatchMark since)
    {
        var series = batch.Series[since.Series..];
        var rented = Rent(series.Length, out var slots);
        try
        {
            for (var s = 0; s < series.Length; s++)
            {
                if (FindOrAdd(batch, series, s, slots) != s)
                {
                    return since.Series + s;
                }
            }

            return -1;
        }
        finally
        {
            ArrayPool<Slot>.Shared.Return(rented);
        }
    }

    /// <summary>A refusal of what could be read, as Pushgateway puts it.</summary>
    public static PushError Refuse(string code, string detail, int line = 0) => new(code, Prefix + detail, line) { FailsGroup = true };

    private static PushError? CheckFamilies(MetricBatch batch, BatchMark since)
    {
        foreach (ref readonly var family in batch.Families[since.Families..])
        {
            if (family.LastSeries >= 0 && (FindCollision(batch, since, family) ?? FindBoundOfGroup(batch, family)) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private static PushError? FindCollision(MetricBatch batch, BatchMark since, in MetricFamily family)
    {
        var name = batch.Symbols[family.Name];
        var role = SeriesRoles.OfSuffix(name, out var suffix);
        if (role == SeriesRole.Own || batch.Symbols.Find(name[..^suffix]) is not (>= 0 and var stem) || batch.FindFamily(stem) is not (>= 0 and var found))
        {
            return null;
        }

        ref readonly var other = ref batch.Families[found];
        if (other.LastSeries < since.Series || !SeriesRoles.Has(other.Type, role))
        {
            return null;
        }

        var kind = SeriesRoles.IsHistogram(other.Type) ? "histogram" : "summary";
        return Refuse(
            RejectCode.FamilyCollision,
            $"collected metric named {GoQuote.Quote(name)} collides with previously collected {kind} named {GoQuote.Quote(name[..^suffix])}");
    }

    // The group's label has taken the place of every bucket's or quantile's own.
    private static PushError? FindBoundOfGroup(MetricBatch batch, in MetricFamily family)
    {
        var bound = SeriesRoles.BoundName(family.Type);
        return !bound.IsEmpty && batch.IsGroupingLabel(batch.Symbols.Find(bound))
            ? RefuseMetric(RejectCode.LabelNotAllowed, batch, batch.Series[family.LastSeries], $"must not have an explicit {GoQuote.Quote(bound)} label")
            : null;
    }

    private static PushError? CheckSeries(MetricBatch batch, BatchMark since, PushFormat format)
    {
        var series = batch.Series[since.Series..];
        var rented = Rent(series.Length, out var slots);
        try
        {
            return CheckSeries(batch, series, slots, format);
        }
        finally
        {
            ArrayPool<Slot>.Shared.Return(rented);
        }
    }

    private static Slot[] Rent(int series, out Span<Slot> slots)
    {
        var length = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(series * 2, MinSlots));
        var rented = ArrayPool<Slot>.Shared.Rent(length);
        slots = rented.AsSpan(0, length);
        slots.Clear();
        return rented;
    }

    private static PushError? CheckSeries(MetricBatch batch, ReadOnlySpan<Series> all, Span<Slot> slots, PushFormat format)
    {
        ReadOnlySpan<Label> previous = default;
        for (var s = 0; s < all.Length; s++)
        {
            ref readonly var series = ref all[s];
            var labels = batch.LabelsOf(series);
            if (FindReserved(batch.Symbols, labels, previous) is not 0 and var reserved)
            {
                return RefuseMetric(
                    RejectCode.LabelNotAllowed, batch, series, $"has a label with an invalid name: {batch.Symbols.GetString(reserved)}");
            }

            previous = labels;
            var other = FindOrAdd(batch, all, s, slots);
            if (other != s && IsDuplicate(batch, all[other], series, format))
            {
                return RefuseMetric(RejectCode.DuplicateSeries, batch, series, "was collected before with the same name and label values");
            }
        }

        return null;
    }

    // The first series that is equal to this one, which may be itself.
    private static int FindOrAdd(MetricBatch batch, ReadOnlySpan<Series> all, int index, Span<Slot> slots)
    {
        ref readonly var series = ref all[index];
        var time = TimeOf(batch, series);
        var hash = Hash(series.Name, batch.LabelsOf(series), time);
        var mask = slots.Length - 1;
        var at = (int)hash & mask;
        int other;
        while ((other = slots[at].Number - 1) >= 0 && !(slots[at].Hash == hash && AreEqual(batch, all[other], series, time)))
        {
            at = (at + 1) & mask;
        }

        if (other < 0)
        {
            slots[at] = new Slot(hash, index + 1);
        }

        return other < 0 ? index : other;
    }

    // The series before mostly has the same label names, which have been looked at then. 0: none is reserved.
    private static int FindReserved(SymbolTable symbols, ReadOnlySpan<Label> labels, ReadOnlySpan<Label> previous)
    {
        for (var i = 0; i < labels.Length; i++)
        {
            var name = labels[i].Name;
            if ((i >= previous.Length || previous[i].Name != name) && symbols[name].StartsWith("__"u8))
            {
                return name;
            }
        }

        return 0;
    }

    // Where a group may be given times, a series may have several.
    private static long TimeOf(MetricBatch batch, in Series series) => series.SampleCount == 0 ? 0 : batch.Samples[series.SampleStart].TimestampMs;

    private static bool AreEqual(MetricBatch batch, in Series other, in Series series, long time) =>
        other.Name == series.Name && TimeOf(batch, other) == time && batch.LabelsOf(other).SequenceEqual(batch.LabelsOf(series));

    // To a Pushgateway a histogram or summary is one metric, whose buckets and quantiles nothing compares. In text, all lines with the same
    // labels are that metric, of which the last sum and count hold; in protobuf, each metric has one sum and count.
    private static bool IsDuplicate(MetricBatch batch, in Series other, in Series series, PushFormat format)
    {
        ref readonly var family = ref batch.Families[series.Family];
        if (SeriesRoles.BoundName(family.Type).IsEmpty || other.DroppedLabels != series.DroppedLabels)
        {
            return true;
        }

        var isBound = !batch.HasHistograms(series) && (series.Name == family.Name || SeriesRoles.OfSuffix(batch.Symbols[series.Name], out _) == SeriesRole.Bucket);
        return !isBound && format != PushFormat.Text;
    }

    // Symbols are interned, so equal series have equal references. Seeded, so that a sender cannot choose colliding series.
    private static uint Hash(int name, ReadOnlySpan<Label> labels, long time)
    {
        const ulong k = 0x9E37_79B9_7F4A_7C15;
        var hash = Mix(Seed ^ (uint)name, k) ^ (ulong)time;
        foreach (var label in labels)
        {
            hash = Mix(hash ^ (uint)label.Name ^ ((ulong)(uint)label.Value << 32), k);
        }

        return (uint)(hash ^ (hash >> 32));
    }

    private static ulong Mix(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high ^ low;
    }

    private static PushError RefuseMetric(string code, MetricBatch batch, in Series series, string reason)
    {
        var symbols = batch.Symbols;
        var detail = new StringBuilder("collected metric ").Append(GoQuote.Quote(symbols[batch.Families[series.Family].Name])).Append(" {");
        foreach (var label in batch.LabelsOf(series))
        {
            if (detail.Length > MaxQuoted)
            {
                detail.Append(" ...");
                break;
            }

            detail.Append(" label:{name:").Append(GoQuote.Quote(symbols[label.Name]))
                .Append(" value:").Append(GoQuote.Quote(symbols[label.Value])).Append('}');
        }

        return Refuse(code, detail.Append("} ").Append(reason).ToString());
    }

    // The series' place, counted from 1; 0 is a free slot.
    private readonly record struct Slot(uint Hash, int Number);
}
