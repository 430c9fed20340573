using System.Text.Json;
using PushGateway.Buffers;

namespace PushGateway.Aws.Lambda.Metrics;

/// <summary>
/// Writes lines of CloudWatch's embedded metric format, one JSON object per line:
/// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html.
/// </summary>
internal sealed class EmbeddedMetricWriter(PooledBuffer destination, string metricsNamespace, string service) : IDisposable
{
    private const string Service = "service";

    private readonly Utf8JsonWriter _json = new(destination);

    /// <summary>Appends a line. No two of its series may belong to the same instrument or have a tag of the same name.</summary>
    public void WriteLine(List<MeasuredSeries> line, long timestampMs)
    {
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteStartObject("_aws"u8);
        _json.WriteNumber("Timestamp"u8, timestampMs);
        _json.WriteStartArray("CloudWatchMetrics"u8);
        WriteUntagged(line);
        foreach (var series in line)
        {
            if (series.IsTagged)
            {
                WriteTagged(series);
            }
        }

        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.WriteString(Service, service);
        foreach (var series in line)
        {
            series.TakeMembers(_json);
        }

        _json.WriteEndObject();
        _json.Flush();
        destination.GetSpan(1)[0] = (byte)'\n';
        destination.Advance(1);
    }

    public void Dispose() => _json.Dispose();

    private void WriteUntagged(List<MeasuredSeries> line)
    {
        if (line.TrueForAll(static series => series.IsTagged))
        {
            return;
        }

        BeginDirective();
        BeginMetrics();
        foreach (var series in line)
        {
            if (!series.IsTagged)
            {
                WriteMetric(series.Instrument);
            }
        }

        EndDirective();
    }

    // CloudWatch publishes the metric twice: for each combination of tag values, and for all of them together.
    private void WriteTagged(MeasuredSeries series)
    {
        BeginDirective();
        _json.WriteStartArray();
        _json.WriteStringValue(Service);
        series.WriteTagNames(_json);
        _json.WriteEndArray();
        BeginMetrics();
        WriteMetric(series.Instrument);
        EndDirective();
    }

    private void BeginDirective()
    {
        _json.WriteStartObject();
        _json.WriteString("Namespace"u8, metricsNamespace);
        _json.WriteStartArray("Dimensions"u8);
        _json.WriteStartArray();
        _json.WriteStringValue(Service);
        _json.WriteEndArray();
    }

    private void BeginMetrics()
    {
        _json.WriteEndArray();
        _json.WriteStartArray("Metrics"u8);
    }

    private void WriteMetric(MeasuredInstrument instrument)
    {
        _json.WriteStartObject();
        _json.WriteString("Name"u8, instrument.Name);
        _json.WriteString("Unit"u8, instrument.Unit);
        _json.WriteEndObject();
    }

    private void EndDirective()
    {
        _json.WriteEndArray();
        _json.WriteEndObject();
    }
}
