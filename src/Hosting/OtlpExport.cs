using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using PushGateway.Aws.Lambda;
using PushGateway.Telemetry;

namespace PushGateway.Hosting;

/// <summary>Exports a process's own telemetry to the collector at <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>. Without that setting, nothing is exported.</summary>
/// <param name="serviceName">The process's service name in its telemetry.</param>
/// <param name="traceSources">The sources of traces besides the gateway's own.</param>
public sealed class OtlpExport(string serviceName, params string[] traceSources)
{
    /// <summary>Exports from the start of the host until it has stopped.</summary>
    public void AddTo(IHostApplicationBuilder builder)
    {
        if (IsConfigured(builder))
        {
            Configure(builder.Services.AddOpenTelemetry());
        }
    }

    /// <summary>Exports from a function's first event on, and flushes after each answer. The function has to run on the built-in Lambda host.</summary>
    public void AddToFunction(IHostApplicationBuilder builder)
    {
        if (IsConfigured(builder))
        {
            builder.Services.AddLambdaTelemetry(
                provider => Create(provider.GetRequiredService<IConfiguration>()),
                static (sdk, timeout) => sdk.MeterProvider.ForceFlush((int)timeout.TotalMilliseconds),
                static (sdk, timeout) => sdk.TracerProvider.ForceFlush((int)timeout.TotalMilliseconds));
        }
    }

    private static bool IsConfigured(IHostApplicationBuilder builder) => builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 };

    private OpenTelemetrySdk Create(IConfiguration configuration) => OpenTelemetrySdk.Create(telemetry =>
    {
        telemetry.Services.AddSingleton(configuration);
        Configure(telemetry);
    });

    private void Configure(IOpenTelemetryBuilder telemetry) => telemetry
        .ConfigureResource(resource => resource.AddService(serviceName))
        .WithMetrics(metrics => metrics.AddMeter(PushTelemetry.Name).AddOtlpExporter())
        .WithTracing(traces => traces.AddSource(PushTelemetry.Name).AddSource(traceSources).AddOtlpExporter());
}
