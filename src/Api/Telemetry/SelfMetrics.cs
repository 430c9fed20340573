using OpenTelemetry.Metrics;
using PushGateway.Model;

namespace PushGateway.Api.Telemetry;

/// <summary>The gateway's own metrics. The OpenTelemetry SDK aggregates them, and they are read on demand. Thread-safe.</summary>
internal sealed class SelfMetrics : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SelfMetricsExporter _exporter = new();

    public SelfMetrics() => Reader = new BaseExportingMetricReader(_exporter) { TemporalityPreference = MetricReaderTemporalityPreference.Cumulative };

    /// <summary>The reader to add to the meter provider.</summary>
    public BaseExportingMetricReader Reader { get; }

    /// <summary>Appends the current values, without timestamps.</summary>
    public void AppendTo(MetricBatch destination)
    {
        lock (_lock)
        {
            _exporter.Destination = destination;
            Reader.Collect();
            _exporter.Destination = null;
        }
    }

    public void Dispose()
    {
        Reader.Dispose();
        _exporter.Dispose();
    }
}
