using System.Globalization;
using System.Text.Json;

namespace PushGateway.Aws.Lambda.Metrics;

/// <summary>
/// What one instrument has measured with one set of tags since the last writing: the sum of a counter, or the values of a histogram.
/// </summary>
internal sealed class MeasuredSeries(MeasuredInstrument instrument, KeyValuePair<string, object?>[] tags)
{
    // The specification: "Numeric array metric targets MUST NOT have more than 100 members."
    private const int MaxValues = 100;

    // CloudWatch refuses larger values, infinities and NaN.
    private static readonly double MaxMagnitude = Math.ScaleB(1, 360);

    private readonly List<double> _values = [];
    private long _sum;

    public MeasuredInstrument Instrument => instrument;

    /// <summary>Whether there is something to write.</summary>
    public bool IsPending => _sum != 0 || _values.Count > 0;

    public bool IsTagged => tags.Length > 0;

    public void Add(long value) => _sum += value;

    public void Record(double value)
    {
        if (Math.Abs(value) <= MaxMagnitude)
        {
            _values.Add(value);
        }
    }

    public bool Has(ReadOnlySpan<KeyValuePair<string, object?>> others)
    {
        if (others.Length != tags.Length)
        {
            return false;
        }

        for (var i = 0; i < tags.Length; i++)
        {
            if (tags[i].Key != others[i].Key || !Equals(tags[i].Value, others[i].Value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Whether the series can stand in one object with others. A tag is a member of the object, so its name must be unique there.
    /// </summary>
    public bool FitsWith(List<MeasuredSeries> others)
    {
        foreach (var tag in tags)
        {
            foreach (var other in others)
            {
                if (other.HasTag(tag.Key))
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Writes the tags' names as elements of an array.</summary>
    public void WriteTagNames(Utf8JsonWriter json)
    {
        foreach (var tag in tags)
        {
            json.WriteStringValue(tag.Key);
        }
    }

    /// <summary>Writes the tags and the measurements as members of an object. Afterwards nothing is pending.</summary>
    public void TakeMembers(Utf8JsonWriter json)
    {
        foreach (var tag in tags)
        {
            json.WriteString(tag.Key, Convert.ToString(tag.Value, CultureInfo.InvariantCulture));
        }

        json.WritePropertyName(instrument.Name);
        if (_values.Count == 0)
        {
            json.WriteNumberValue(_sum);
            _sum = 0;
            return;
        }

        TakeValues(json);
    }

    // Of more than 100 values, writes 100 that are evenly spread by rank, including the least and the greatest. A large batch would fill a
    // hundred lines.
    private void TakeValues(Utf8JsonWriter json)
    {
        var count = Math.Min(_values.Count, MaxValues);
        if (count < _values.Count)
        {
            _values.Sort();
        }

        json.WriteStartArray();
        for (var i = 0; i < count; i++)
        {
            json.WriteNumberValue(_values[count == 1 ? 0 : (int)((long)i * (_values.Count - 1) / (count - 1))]);
        }

        json.WriteEndArray();
        _values.Clear();
    }

    private bool HasTag(string name)
    {
        foreach (var tag in tags)
        {
            if (tag.Key == name)
            {
                return true;
            }
        }

        return false;
    }
}
