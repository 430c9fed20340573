namespace PushGateway.Simulation.Targets;

/// <summary>A model of a server that takes remote write.</summary>
internal abstract class Target
{
    private readonly Dictionary<string, Dictionary<long, long>> _series = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WireSample> _newest = new(StringComparer.Ordinal);

    /// <summary>What is stored: of each series, the bits of the values by time.</summary>
    public IReadOnlyDictionary<string, Dictionary<long, long>> Series => _series;

    /// <summary>Takes a request. Null when all of it was taken; otherwise the text of a status 400.</summary>
    public abstract string? Write(IReadOnlyList<WireSample> request);

    /// <summary>The newest sample of a series.</summary>
    public WireSample? Newest(string series) => _newest.TryGetValue(series, out var newest) ? newest : null;

    /// <summary>Whether a sample is stored with its value.</summary>
    public bool Has(WireSample sample) =>
        _series.TryGetValue(sample.Series, out var samples) && samples.TryGetValue(sample.TimestampMs, out var bits) && bits == sample.Bits;

    protected void Store(WireSample sample)
    {
        if (!_series.TryGetValue(sample.Series, out var samples))
        {
            _series.Add(sample.Series, samples = []);
        }

        samples[sample.TimestampMs] = sample.Bits;
        if (Newest(sample.Series) is not { } newest || newest.TimestampMs <= sample.TimestampMs)
        {
            _newest[sample.Series] = sample;
        }
    }
}
