using Microsoft.Extensions.Configuration.Memory;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using PushGateway.Aws.Lambda;
using PushGateway.Aws.Lambda.Events;
using PushGateway.Configuration;

namespace PushGateway.Worker;

/// <summary>Worker as a Lambda function, on the built-in host. With <c>-p:LambdaHost=Amazon</c>, another file is in its place.</summary>
internal static class LambdaHost
{
    /// <summary>Puts Lambda's events in place of polling where Lambda runs this process; false anywhere else.</summary>
    public static bool TryAdd(HostApplicationBuilder builder, SettingsReader settings)
    {
        if (settings.Text(LambdaHosting.RuntimeApiVariable) is not { } runtimeApi)
        {
            return false;
        }

        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(0, new MemoryConfigurationSource { InitialData = LambdaHosting.Defaults });
        builder.Services.AddSingleton<EventBatchDelivery>();
        builder.Services.AddLambdaWorker(runtimeApi).AddLambdaMetrics(settings, OtlpExport.ServiceName);
        if (OtlpExport.IsConfigured(builder.Configuration))
        {
            builder.Services.AddLambdaTelemetry(
                static provider => OtlpExport.Create(provider.GetRequiredService<IConfiguration>()),
                static (sdk, timeout) => sdk.MeterProvider.ForceFlush((int)timeout.TotalMilliseconds),
                static (sdk, timeout) => sdk.TracerProvider.ForceFlush((int)timeout.TotalMilliseconds));
        }

        return true;
    }
}
