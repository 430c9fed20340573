namespace PushGateway.Simulation.Targets;

/// <summary>A model of a server that takes remote write.</summary>
internal abstract class Target
{
    private readonly Dictionary<string, HashSet<(long TimestampMs, long Bits)>> _series = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WireSample> _newest = new(StringComparer.Ordinal);

    /// <summary>What is stored, by series. Of several values of one time, a query shows one, and nobody knows which.</summary>
    public IReadOnlyDictionary<string, HashSet<(long TimestampMs, long Bits)>> Series => _series;

    /// <summary>Takes a request at a time, milliseconds since the Unix epoch. Null when all of it was taken; otherwise the text of a status 400.</summary>
    public abstract string? Write(IReadOnlyList<WireSample> request, long nowMs);

    /// <summary>Every sample that is stored.</summary>
    public IEnumerable<WireSample> Samples =>
        _series.SelectMany(series => series.Value, (series, sample) => new WireSample(series.Key, sample.TimestampMs, sample.Bits));

    /// <summary>The newest sample of a series.</summary>
    public WireSample? Newest(string series) => _newest.TryGetValue(series, out var newest) ? newest : null;

    /// <summary>Whether a sample is stored with its value.</summary>
    public bool Has(WireSample sample) => _series.TryGetValue(sample.Series, out var samples) && samples.Contains((sample.TimestampMs, sample.Bits));

    protected void Store(WireSample sample)
    {
        if (!_series.TryGetValue(sample.Series, out var samples))
        {
            _series.Add(sample.Series, samples = []);
        }

        samples.Add((sample.TimestampMs, sample.Bits));
        if (Newest(sample.Series) is not { } newest || newest.TimestampMs <= sample.TimestampMs)
        {
            _newest[sample.Series] = sample;
        }
    }
}
