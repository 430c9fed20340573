namespace PushGateway.Formats.OpenMetrics;

/// <summary>The state of the current metric point, which is the samples of one metric at one time. The default is a new point.</summary>
internal struct OpenMetricsPoint
{
    private int _roles;
    private double _bound;
    private double _cumulative;
    private double _count;
    private bool _hasNegativeBound;
    private bool _hasNegativeSum;

    /// <summary>Adds a sample other than a bucket. Returns false when the point already has a sample of this role.</summary>
    public bool TryAdd(OpenMetricsRole role, double value)
    {
        if (Has(role))
        {
            return false;
        }

        _roles |= 1 << (int)role;
        _count = role is OpenMetricsRole.Count or OpenMetricsRole.GaugeCount ? value : _count;
        _hasNegativeSum |= role == OpenMetricsRole.GaugeSum && value < 0;
        return true;
    }

    /// <summary>Adds a bucket. Returns null, or why it cannot follow the bucket before it.</summary>
    public string? AddBucket(double bound, double value)
    {
        if (Has(OpenMetricsRole.Bucket) && !(bound > _bound))
        {
            return "buckets are not in increasing order of le";
        }

        if (value < _cumulative)
        {
            return "the value of a bucket is less than that of the bucket before it";
        }

        _roles |= 1 << (int)OpenMetricsRole.Bucket;
        _bound = bound;
        _cumulative = value;
        _hasNegativeBound |= bound < 0;
        return null;
    }

    /// <summary>Checks a finished point of a histogram or gauge histogram. Returns null, or what is wrong with it.</summary>
    public readonly string? CheckHistogram()
    {
        var hasSum = Has(OpenMetricsRole.Sum) || Has(OpenMetricsRole.GaugeSum);
        var hasCount = Has(OpenMetricsRole.Count) || Has(OpenMetricsRole.GaugeCount);
        return !Has(OpenMetricsRole.Bucket) || !double.IsPositiveInfinity(_bound) ? "a histogram has no +Inf bucket"
            : hasSum != hasCount ? "a histogram has one of sum and count without the other"
            : hasCount && _count != _cumulative ? "the count of a histogram is not the value of its +Inf bucket"
            : _hasNegativeBound && Has(OpenMetricsRole.Sum) ? "a histogram with negative buckets has a sum"
            : _hasNegativeSum && !_hasNegativeBound ? "a gauge histogram without negative buckets has a negative sum"
            : null;
    }

    private readonly bool Has(OpenMetricsRole role) => (_roles & (1 << (int)role)) != 0;
}
