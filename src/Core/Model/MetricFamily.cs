namespace PushGateway.Model;

/// <summary>A metric family of a <see cref="MetricBatch"/>. Name, help and unit are symbols.</summary>
public struct MetricFamily
{
    /// <summary>The family's name. For histograms and summaries it is without <c>_bucket</c>, <c>_sum</c> and <c>_count</c>.</summary>
    public int Name { get; set; }

    /// <summary>The help text, or 0.</summary>
    public int Help { get; set; }

    /// <summary>The unit, or 0.</summary>
    public int Unit { get; set; }

    /// <summary>Index in <see cref="MetricBatch.Series"/> of the family's most recently added series; -1 before the first.</summary>
    public int LastSeries { get; set; }

    /// <summary>The type.</summary>
    public MetricType Type { get; set; }
}
