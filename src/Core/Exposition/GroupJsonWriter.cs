using System.Globalization;
using System.Text.Json;
using PushGateway.Formats.Prometheus;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Wire;

namespace PushGateway.Exposition;

/// <summary>
/// Writes groups as Pushgateway's <c>GET /api/v1/metrics</c> has them (<c>api/v1/api.go</c>): a member for each family, beside
/// <c>labels</c> and <c>last_push_successful</c>, in order of their names. Every number is a string, as Go prints it.
/// </summary>
/// <remarks>A histogram or summary without a sum or a count has 0 for it. A family that has the name of one of the other members stands in its place.</remarks>
public sealed class GroupJsonWriter
{
    private const string Labels = "labels";
    private const string LastPushSuccessful = "last_push_successful";

    private readonly GroupReading _reading;
    private readonly MetricBatch _batch;
    private readonly Utf8JsonWriter _json;
    private readonly ExposedSeriesOrder _order;
    private readonly ExposedLabels _exposed;
    private readonly NativeHistogram _histogram = new();

    /// <summary>A writer of the groups of <paramref name="reading"/>.</summary>
    public GroupJsonWriter(GroupReading reading, Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(reading);
        (_reading, _batch, _json) = (reading, reading.Batch, json);
        _order = new ExposedSeriesOrder(_batch);
        _exposed = new ExposedLabels(_batch, reading.GroupsEnd.Series);
    }

    /// <summary>Writes one group as an object.</summary>
    public void Write(ExposedGroup group)
    {
        var members = new SortedDictionary<string, int>(StringComparer.Ordinal) { [Labels] = -1, [LastPushSuccessful] = -1 };
        for (var family = group.Start.Families; family < group.End.Families; family++)
        {
            members[_batch.Symbols.GetString(_batch.Families[family].Name)] = family;
        }

        var keys = TakeKeys(group);
        _json.WriteStartObject();
        foreach (var (name, family) in members)
        {
            _json.WritePropertyName(name);
            if (family >= 0)
            {
                WriteFamily(family, keys);
            }
            else if (name == Labels)
            {
                WriteLabels(group.Key);
            }
            else
            {
                _json.WriteBooleanValue(IsLastPushSuccessful(group));
            }
        }

        _json.WriteEndObject();
    }

    private ExposedSeries[] TakeKeys(ExposedGroup group)
    {
        var keys = new ExposedSeries[group.End.Series - group.Start.Series];
        for (var i = 0; i < keys.Length; i++)
        {
            var family = _batch.Series[group.Start.Series + i].Family;
            keys[i] = ExposedFamilies.KeyOf(_batch, _batch.Families[family], family, group.Start.Series + i);
        }

        Array.Sort(keys, _order);
        return keys;
    }

    private void WriteLabels(GroupingKey key)
    {
        _json.WriteStartObject();
        foreach (var (name, value) in key.Labels.OrderBy(label => label.Key, StringComparer.Ordinal))
        {
            _json.WriteString(name, value);
        }

        _json.WriteEndObject();
    }

    private bool IsLastPushSuccessful(ExposedGroup group) => TimeOf(group, PushTimes.Success) > TimeOf(group, PushTimes.Failure);

    private double TimeOf(ExposedGroup group, ReadOnlySpan<byte> name)
    {
        foreach (ref readonly var series in _batch.Series[group.Start.Series..group.End.Series])
        {
            if (_batch.Symbols[series.Name].SequenceEqual(name) && _batch.Families[series.Family].Name == series.Name)
            {
                return ValueOf(series);
            }
        }

        return 0;
    }

    private double ValueOf(in Series series) => _batch.SamplesOf(series) is [.., var last] ? last.Value : 0;

    private void WriteFamily(int index, ExposedSeries[] keys)
    {
        var family = _batch.Families[index];
        _json.WriteStartObject();
        _json.WriteString("time_stamp", Rfc3339(_reading.PushTimeNs(index)));
        _json.WriteString("type", TypeOf(family.Type));
        if (family.Help != 0)
        {
            _json.WriteString("help", _batch.Symbols[family.Help]);
        }

        _json.WriteStartArray("metrics");
        var rest = keys.AsSpan(FindFirst(keys, index));
        while (!rest.IsEmpty && rest[0].Family == index)
        {
            var end = 1;
            while (end < rest.Length && rest[end].Family == index && IsDistribution(family.Type) && _order.CompareLabels(rest[0], rest[end]) == 0)
            {
                end++;
            }

            WriteMetric(family.Type, rest[..end]);
            rest = rest[end..];
        }

        _json.WriteEndArray();
        _json.WriteEndObject();
    }

    private static int FindFirst(ExposedSeries[] keys, int family)
    {
        var (low, high) = (0, keys.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = keys[middle].Family < family ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private void WriteMetric(MetricType type, ReadOnlySpan<ExposedSeries> keys)
    {
        _json.WriteStartObject();
        if (IsDistribution(type))
        {
            WriteDistribution(type, keys);
        }
        else
        {
            WriteLabels(keys[0], 0);
            WriteFloat("value"u8, ValueOf(_batch.Series[keys[0].Series]));
        }

        _json.WriteEndObject();
    }

    private void WriteDistribution(MetricType type, ReadOnlySpan<ExposedSeries> keys)
    {
        double count = 0;
        double sum = 0;
        var boundName = 0;
        if (_batch.SamplesOf(_batch.Series[keys[0].Series]) is [.., { IsHistogram: true } native])
        {
            WriteNative(keys[0], native);
            return;
        }

        foreach (ref readonly var key in keys)
        {
            var value = ValueOf(_batch.Series[key.Series]);
            count = key.Role == SeriesRole.Count ? value : count;
            sum = key.Role == SeriesRole.Sum ? value : sum;
            boundName = key.BoundName != 0 ? key.BoundName : boundName;
        }

        if (type != MetricType.Summary)
        {
            WriteBounds("buckets"u8, SeriesRole.Bucket, keys);
        }

        WriteCount("count"u8, count);
        WriteLabels(keys[0], boundName);
        if (type == MetricType.Summary)
        {
            WriteBounds("quantiles"u8, SeriesRole.Own, keys);
        }

        WriteFloat("sum"u8, sum);
    }

    // As the text formats have it: without the native buckets.
    private void WriteNative(in ExposedSeries key, in Sample sample)
    {
        _histogram.Read(_batch.Symbols[sample.Histogram]);
        var count = _histogram.IsFloat ? _histogram.CountFloat : _histogram.Count;
        _json.WriteStartObject("buckets"u8);
        WriteCount("+Inf"u8, count);
        _json.WriteEndObject();
        WriteCount("count"u8, count);
        WriteLabels(key, 0);
        WriteFloat("sum"u8, _histogram.Sum);
    }

    private void WriteBounds(ReadOnlySpan<byte> name, SeriesRole role, ReadOnlySpan<ExposedSeries> keys)
    {
        Span<byte> bound = stackalloc byte[GoFloat.MaxLength];
        _json.WriteStartObject(name);
        for (var i = 0; i < keys.Length; i++)
        {
            ref readonly var key = ref keys[i];
            if (key.Role == role && key.BoundName != 0 && !IsRepeated(keys[i..]))
            {
                var value = ValueOf(_batch.Series[key.Series]);
                var property = bound[..GoFloat.Format(key.Bound, bound)];
                if (role == SeriesRole.Bucket)
                {
                    WriteCount(property, value);
                }
                else
                {
                    WriteFloat(property, value);
                }
            }
        }

        _json.WriteEndObject();
    }

    // A bound in two spellings stands there once, with its last value.
    private static bool IsRepeated(ReadOnlySpan<ExposedSeries> keys) =>
        keys.Length > 1 && keys[1].Role == keys[0].Role && keys[1].BoundName != 0 && keys[1].Bound.Equals(keys[0].Bound);

    private void WriteLabels(in ExposedSeries key, int boundName)
    {
        _json.WriteStartObject(Labels);
        foreach (var label in _exposed.Of(key.Series))
        {
            if (label.Name != boundName)
            {
                _json.WriteString(_batch.Symbols[label.Name], _batch.Symbols[label.Value]);
            }
        }

        _json.WriteEndObject();
    }

    // Counts are whole numbers unless the histogram is one of floats.
    private void WriteCount(ReadOnlySpan<byte> name, double count)
    {
        if (GoFloat.IsWhole(count))
        {
            _json.WriteString(name, ((ulong)count).ToString(CultureInfo.InvariantCulture));
        }
        else
        {
            WriteFloat(name, count);
        }
    }

    private void WriteFloat(ReadOnlySpan<byte> name, double value)
    {
        Span<byte> text = stackalloc byte[GoFloat.MaxLength];
        _json.WriteString(name, text[..GoFloat.Format(value, text)]);
    }

    private static bool IsDistribution(MetricType type) => SeriesRoles.IsHistogram(type) || type == MetricType.Summary;

    private static string TypeOf(MetricType type) => type switch
    {
        MetricType.Counter => "COUNTER",
        MetricType.Gauge or MetricType.Info or MetricType.StateSet => "GAUGE",
        MetricType.Histogram => "HISTOGRAM",
        MetricType.GaugeHistogram => "GAUGE_HISTOGRAM",
        MetricType.Summary => "SUMMARY",
        _ => "UNTYPED",
    };

    // Go's time.RFC3339Nano, to the 100 ns.
    private static string Rfc3339(long timeNs) =>
        DateTime.UnixEpoch.AddTicks(timeNs / TimeSpan.NanosecondsPerTick).ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
