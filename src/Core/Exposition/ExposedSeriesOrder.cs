using PushGateway.Formats.Prometheus;
using PushGateway.Model;

namespace PushGateway.Exposition;

/// <summary>
/// Orders the series of an exposition: by family, by labels other than the bound, by metric point, by role, by bound, and last as pushed, which
/// makes the order a total one.
/// </summary>
internal sealed class ExposedSeriesOrder(MetricBatch batch) : IComparer<ExposedSeries>
{
    public int Compare(ExposedSeries x, ExposedSeries y)
    {
        var order = x.Family.CompareTo(y.Family);
        order = order != 0 ? order : CompareLabels(x, y);
        order = order != 0 ? order : x.TimestampMs.CompareTo(y.TimestampMs);
        order = order != 0 ? order : Rank(x.Role).CompareTo(Rank(y.Role));
        order = order != 0 ? order : CompareSymbols(batch.Series[x.Series].Name, batch.Series[y.Series].Name);
        order = order != 0 ? order : x.Bound.CompareTo(y.Bound);
        return order != 0 ? order : x.Series.CompareTo(y.Series);
    }

    private static int Rank(SeriesRole role) => role switch
    {
        SeriesRole.Sum => 1,
        SeriesRole.Count => 2,
        SeriesRole.Created => 3,
        _ => 0,
    };

    /// <summary>Compares by labels other than the bound.</summary>
    public int CompareLabels(in ExposedSeries x, in ExposedSeries y)
    {
        var left = batch.LabelsOf(batch.Series[x.Series]);
        var right = batch.LabelsOf(batch.Series[y.Series]);
        while (true)
        {
            left = SkipBound(left, x.BoundName);
            right = SkipBound(right, y.BoundName);
            if (left.IsEmpty || right.IsEmpty)
            {
                return left.Length.CompareTo(right.Length);
            }

            var order = CompareSymbols(left[0].Name, right[0].Name);
            order = order != 0 ? order : CompareSymbols(left[0].Value, right[0].Value);
            if (order != 0)
            {
                return order;
            }

            left = left[1..];
            right = right[1..];
        }
    }

    private static ReadOnlySpan<Label> SkipBound(ReadOnlySpan<Label> labels, int boundName) =>
        boundName != 0 && !labels.IsEmpty && labels[0].Name == boundName ? labels[1..] : labels;

    private int CompareSymbols(int x, int y) => x == y ? 0 : batch.Symbols[x].SequenceCompareTo(batch.Symbols[y]);
}
