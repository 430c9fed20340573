using Google.Protobuf;
using PushGateway.Reference.Otlp;
using PushGateway.Reference.RemoteWriteV1;
using Snappier;

namespace PushGateway.LambdaEmulator.Tests;

/// <summary>Requests of one series.</summary>
static class Requests
{
    internal const long Milliseconds = 1_795_361_979_123;

    /// <summary>A remote write body: <c>m{a="b"}</c> with these values, a millisecond apart.</summary>
    internal static byte[] RemoteWriteBody(params IEnumerable<double> values)
    {
        var series = new TimeSeries();
        series.Samples.AddRange(values.Select((value, index) => new Sample { Timestamp = Milliseconds + index, Value = value }));
        series.Labels.Add(new Label { Name = "__name__", Value = "m" });
        series.Labels.Add(new Label { Name = "a", Value = "b" });
        return Snappy.CompressToArray(new WriteRequest { Timeseries = { series } }.ToByteArray());
    }

    internal static HttpRequestMessage RemoteWrite(Uri url, byte[] body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/x-protobuf");
        request.Content.Headers.ContentEncoding.Add("snappy");
        request.Headers.Add("X-Prometheus-Remote-Write-Version", "0.1.0");
        return request;
    }

    /// <summary>An OTLP body of a gauge, <c>m{a="b"}</c>.</summary>
    internal static byte[] OtlpBody(params IEnumerable<NumberDataPoint> points) => OtlpBodyAt(Milliseconds, points);

    /// <summary>The same, of another time.</summary>
    internal static byte[] OtlpBodyAt(long milliseconds, params IEnumerable<NumberDataPoint> points)
    {
        var metric = new Metric { Name = "m", Gauge = new Gauge() };
        foreach (var point in points)
        {
            point.TimeUnixNano = (ulong)milliseconds * 1_000_000;
            point.Attributes.Add(new KeyValue { Key = "a", Value = new AnyValue { StringValue = "b" } });
            metric.Gauge.DataPoints.Add(point);
        }

        var resource = new ResourceMetrics { ScopeMetrics = { new ScopeMetrics { Metrics = { metric } } } };
        return new ExportMetricsServiceRequest { ResourceMetrics = { resource } }.ToByteArray();
    }
}
