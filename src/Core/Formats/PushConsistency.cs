using System.Text;
using PushGateway.Formats.Prometheus;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Wire;

namespace PushGateway.Formats;

/// <summary>
/// Checks whether a push to a group can be exposed. The checks and the messages are those of client_golang's registry in a Pushgateway
/// (<c>checkSuffixCollisions</c> and <c>checkMetricConsistency</c> in <c>registry.go</c>). The push is compared only with itself.
/// </summary>
internal static class PushConsistency
{
    private const string Prefix = "pushed metrics are invalid or inconsistent with existing metrics: ";

    // The registry quotes the whole metric. Here a person reads the excerpt, so it is cut.
    private const int MaxQuoted = 1000;

    /// <summary>
    /// Checks everything that was added to <paramref name="batch"/> since <paramref name="since"/>. Returns null when it is consistent,
    /// otherwise the first error. The cost is linear in the number of labels. In the steady state this allocates nothing.
    /// </summary>
    /// <param name="batch">The batch, with the grouping labels set. It is only read.</param>
    /// <param name="since">Where the push begins in the batch.</param>
    /// <param name="format">The format of the push. It decides which series belong to one metric.</param>
    public static PushError? Check(MetricBatch batch, BatchMark since, PushFormat format) =>
        CheckFamilies(batch, since) ?? CheckSeries(batch, since, format);

    /// <summary>Creates the error for a push that could be read but is refused, in Pushgateway's words.</summary>
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

    // When the grouping key has this label, it has replaced the bound of every bucket or quantile.
    private static PushError? FindBoundOfGroup(MetricBatch batch, in MetricFamily family)
    {
        var bound = SeriesRoles.BoundName(family.Type);
        return !bound.IsEmpty && batch.IsGroupingLabel(batch.Symbols.Find(bound))
            ? RefuseMetric(RejectCode.LabelNotAllowed, batch, batch.Series[family.LastSeries], $"must not have an explicit {GoQuote.Quote(bound)} label")
            : null;
    }

    private static PushError? CheckSeries(MetricBatch batch, BatchMark since, PushFormat format)
    {
        // Where timestamps are allowed, a series may occur once per timestamp.
        var all = batch.Series;
        using var index = new SeriesIndex(batch, all.Length - since.Series, byTime: true);
        ReadOnlySpan<Label> previous = default;
        for (var s = since.Series; s < all.Length; s++)
        {
            ref readonly var series = ref all[s];
            var labels = batch.LabelsOf(series);
            if (FindReserved(batch.Symbols, labels, previous) is not 0 and var reserved)
            {
                return RefuseMetric(
                    RejectCode.LabelNotAllowed, batch, series, $"has a label with an invalid name: {batch.Symbols.GetString(reserved)}");
            }

            previous = labels;
            var other = index.FindOrAdd(s);
            if (other != s && IsDuplicate(batch, all[other], series, format))
            {
                return RefuseMetric(RejectCode.DuplicateSeries, batch, series, "was collected before with the same name and label values");
            }
        }

        return null;
    }

    // Returns the first reserved name, or 0. Most series have the same label names as the one before, and equal names are not checked
    // again.
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

    // For Pushgateway a histogram or summary is one metric, and its buckets and quantiles are not compared with each other. In the text
    // format, all lines with the same labels form that metric, and its last sum and count win. In protobuf each metric has one sum and one
    // count.
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
}
