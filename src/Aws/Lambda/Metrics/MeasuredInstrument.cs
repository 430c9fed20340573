using System.Diagnostics.Metrics;

namespace PushGateway.Aws.Lambda.Metrics;

/// <summary>An instrument, and what it has measured with each set of tags.</summary>
internal sealed class MeasuredInstrument(Instrument instrument)
{
    private readonly List<MeasuredSeries> _series = [];

    public string Name => instrument.Name;

    /// <summary>The unit in CloudWatch's words. A unit in braces only names what is counted.</summary>
    public string Unit { get; } = instrument.Unit switch
    {
        "s" => "Seconds",
        ['{', ..] => "Count",
        _ => "None",
    };

    /// <summary>The series with these tags, created on first use. Every set of tags keeps its series.</summary>
    public MeasuredSeries Series(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var series in _series)
        {
            if (series.Has(tags))
            {
                return series;
            }
        }

        var added = new MeasuredSeries(this, tags.ToArray());
        _series.Add(added);
        return added;
    }

    /// <summary>
    /// A series that has something to write and can stand in one object with <paramref name="others"/>; null when there is none.
    /// </summary>
    public MeasuredSeries? Pending(List<MeasuredSeries> others)
    {
        foreach (var series in _series)
        {
            if (series.IsPending && series.FitsWith(others))
            {
                return series;
            }
        }

        return null;
    }
}
