namespace PushGateway.Sinks;

/// <summary>
/// Walks samples in runs. A run is of one series, and holds only floats or only histograms: a request has the two in separate fields, so a
/// target would read a mixed run out of order.
/// </summary>
internal ref struct SeriesRuns(ReadOnlySpan<SeriesSample> samples)
{
    private ReadOnlySpan<SeriesSample> _rest = samples;

    /// <summary>Consecutive samples of one series, at least one; all floats or all histograms.</summary>
    public ReadOnlySpan<SeriesSample> Current { get; private set; }

    public readonly SeriesRuns GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        var length = 1;
        while (length < _rest.Length && _rest[length].Series == _rest[0].Series
            && _rest[length].Sample.IsHistogram == _rest[0].Sample.IsHistogram)
        {
            length++;
        }

        Current = _rest[..length];
        _rest = _rest[length..];
        return true;
    }
}
