using Microsoft.Extensions.Configuration.Memory;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using PushGateway.Api.Telemetry;
using PushGateway.Aws.Lambda;
using PushGateway.Configuration;

namespace PushGateway.Api.Hosting;

/// <summary>Api as a Lambda function, on the built-in host. With <c>-p:LambdaHost=Amazon</c>, another file is in its place.</summary>
internal static class LambdaHost
{
    /// <summary>Puts Lambda's events in place of a server where Lambda runs this process; false anywhere else.</summary>
    public static bool TryAdd(WebApplicationBuilder builder, SettingsReader settings)
    {
        if (settings.Text(LambdaHosting.RuntimeApiVariable) is not { } runtimeApi)
        {
            return false;
        }

        if (settings.Text("PUSHGATEWAY_QUEUE_URL") is null)
        {
            settings.Refuse("PUSHGATEWAY_QUEUE_URL: the URL of the SQS queue is required on Lambda, which keeps nothing on disk.");
        }

        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(0, new MemoryConfigurationSource { InitialData = LambdaHosting.Defaults });
        builder.Services.AddLambdaServer(runtimeApi).AddLambdaMetrics(settings, OtlpExport.ServiceName);
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
