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

/// <summary>What a process sends of itself by OTLP, where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says to which collector.</summary>
/// <param name="serviceName">The process's name to whoever gets its telemetry.</param>
/// <param name="traceSources">The sources of its traces, besides the gateway's own.</param>
public sealed class OtlpExport(string serviceName, params string[] traceSources)
{
    /// <summary>Sends from the start of the host until it has stopped.</summary>
    public void AddTo(IHostApplicationBuilder builder)
    {
        if (IsConfigured(builder))
        {
            Configure(builder.Services.AddOpenTelemetry());
        }
    }

    /// <summary>Sends from a function's first event on, after each answer. Only the built-in Lambda host does that.</summary>
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
