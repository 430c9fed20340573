using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using PushGateway.Telemetry;

namespace PushGateway.Api.Telemetry;

/// <summary>Sends the gateway's own telemetry by OTLP to the collector at <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>.</summary>
internal static class OtlpExport
{
    /// <summary>The gateway's service name in its telemetry.</summary>
    public const string ServiceName = "pushgateway";

    /// <summary>Whether a collector is configured.</summary>
    public static bool IsConfigured(IConfiguration configuration) => configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 };

    /// <summary>Creates the SDK, which exports from then on, until it is disposed.</summary>
    public static OpenTelemetrySdk Create(IConfiguration configuration) => OpenTelemetrySdk.Create(telemetry =>
    {
        telemetry.Services.AddSingleton(configuration);
        telemetry.AddOtlpExport();
    });

    /// <summary>Adds metrics, traces and their exporters.</summary>
    public static void AddOtlpExport(this IOpenTelemetryBuilder telemetry) => telemetry
        .ConfigureResource(resource => resource.AddService(ServiceName))
        .WithMetrics(metrics => metrics.AddMeter(PushTelemetry.Name).AddOtlpExporter())
        .WithTracing(traces => traces.AddSource(PushTelemetry.Name, "Microsoft.AspNetCore").AddOtlpExporter());
}
