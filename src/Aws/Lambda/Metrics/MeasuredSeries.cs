using System.Globalization;
using System.Text.Json;

namespace PushGateway.Aws.Lambda.Metrics;

/// <summary>What one instrument has measured with one set of tags and what was not written yet: the sum of a counter, every value of a histogram.</summary>
internal sealed class MeasuredSeries(MeasuredInstrument instrument, KeyValuePair<string, object?>[] tags)
{
    // The specification's: "Numeric array metric targets MUST NOT have more than 100 members."
    private const int MaxValues = 100;

    // CloudWatch refuses what is larger, and what is no finite number.
    private static readonly double MaxMagnitude = Math.ScaleB(1, 360);

    private readonly List<double> _values = [];
    private long _sum;
    private int _written;

    public MeasuredInstrument Instrument => instrument;

    /// <summary>Whether there is something to write.</summary>
    public bool IsPending => _sum != 0 || _written < _values.Count;

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

    /// <summary>Whether it can stand in one object with others: a tag is a member of it.</summary>
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

    /// <summary>Writes the tags, and as much of what was measured as an object may have, as members. What is written is not pending any more.</summary>
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

    private void TakeValues(Utf8JsonWriter json)
    {
        var end = Math.Min(_values.Count, _written + MaxValues);
        json.WriteStartArray();
        for (; _written < end; _written++)
        {
            json.WriteNumberValue(_values[_written]);
        }

        json.WriteEndArray();
        if (_written == _values.Count)
        {
            _values.Clear();
            _written = 0;
        }
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
