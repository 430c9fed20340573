using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using PushGateway.Telemetry;

namespace PushGateway.Api.Telemetry;

/// <summary>What the gateway sends of itself by OTLP, where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says to which collector.</summary>
internal static class OtlpExport
{
    /// <summary>The gateway's name to whoever gets its telemetry.</summary>
    public const string ServiceName = "pushgateway";

    /// <summary>Whether there is a collector.</summary>
    public static bool IsConfigured(IConfiguration configuration) => configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 };

    /// <summary>Makes what sends it, and sends from now on, until it is disposed.</summary>
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
