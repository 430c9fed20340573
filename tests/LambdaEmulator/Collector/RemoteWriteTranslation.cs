using System.Buffers;
using Google.Protobuf;
using PushGateway.Reference.Otlp;
using PushGateway.Reference.RemoteWriteV1;
using Snappier;

namespace PushGateway.LambdaEmulator;

/// <summary>Translates OTLP gauges to remote write, as the collector does when it is configured to add nothing.</summary>
static class RemoteWriteTranslation
{
    const uint NoRecordedValue = 1;
    const long NanosecondsPerMillisecond = 1_000_000;

    // Prometheus' stale marker, a special NaN: model/value/value.go.
    static readonly double Stale = BitConverter.Int64BitsToDouble(0x7ff0000000000002);

    static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_:");

    /// <summary>
    /// Returns the body of the remote write request; null when there are no gauges. The gateway sends samples only as gauges. Everything
    /// else is its own telemetry and is ignored here.
    /// </summary>
    /// <exception cref="InvalidProtocolBufferException">The body is not OTLP.</exception>
    internal static byte[]? Translate(ReadOnlySpan<byte> otlp)
    {
        var series = new Dictionary<string, TimeSeries>();
        var metrics = ExportMetricsServiceRequest.Parser.ParseFrom(otlp.ToArray()).ResourceMetrics
            .SelectMany(resource => resource.ScopeMetrics)
            .SelectMany(scope => scope.Metrics);
        foreach (var metric in metrics)
        {
            foreach (var point in metric.Gauge?.DataPoints ?? [])
                Find(series, metric.Name, point).Samples.Add(Convert(point));
        }

        if (series.Count == 0)
            return null;
        var request = new WriteRequest();
        request.Timeseries.AddRange(series.Values);
        return Snappy.CompressToArray(request.ToByteArray());
    }

    static TimeSeries Find(Dictionary<string, TimeSeries> series, string name, NumberDataPoint point)
    {
        var labels = point.Attributes
            .Select(attribute => new Label { Name = Sanitize(attribute.Key), Value = attribute.Value.StringValue })
            .Append(new Label { Name = "__name__", Value = Sanitize(name) })
            .OrderBy(label => label.Name, StringComparer.Ordinal)
            .ToList();
        var key = string.Join('\0', labels.Select(label => $"{label.Name}\u0001{label.Value}"));
        if (!series.TryGetValue(key, out var found))
        {
            found = series[key] = new TimeSeries();
            found.Labels.AddRange(labels);
        }

        return found;
    }

    static Sample Convert(NumberDataPoint point) => new()
    {
        Timestamp = (long)(point.TimeUnixNano / NanosecondsPerMillisecond),
        Value = (point.Flags & NoRecordedValue) != 0 ? Stale
            : point.ValueCase == NumberDataPoint.ValueOneofCase.AsInt ? point.AsInt
            : point.AsDouble,
    };

    static string Sanitize(string name) => name.AsSpan().IndexOfAnyExcept(NameCharacters) < 0
        ? name
        : string.Concat(name.Select(character => NameCharacters.Contains(character) ? character : '_'));
}
