using PushGateway.Aws.Lambda;
using PushGateway.Aws.Lambda.Events;
using PushGateway.Configuration;

namespace PushGateway.Worker;

/// <summary>Worker as a Lambda function: on the built-in host, or with <c>-p:LambdaHost=Amazon</c> on AWS's own.</summary>
internal static class LambdaHost
{
    /// <summary>Puts Lambda's events in place of polling where Lambda runs this process; false anywhere else.</summary>
    public static bool TryAdd(HostApplicationBuilder builder, SettingsReader settings)
    {
        if (settings.Text(LambdaHosting.RuntimeApiVariable) is not { } runtimeApi)
        {
            return false;
        }

        builder.Services.AddSingleton<EventBatchDelivery>();
#if AMAZON_LAMBDA_HOST
        builder.Services.AddHostedService<AmazonLambdaHost>();
        WorkerServices.OtlpExport.AddTo(builder);
#else
        builder.Services.AddLambdaWorker(runtimeApi).AddLambdaMetrics(settings, WorkerServices.ServiceName);
        WorkerServices.OtlpExport.AddToFunction(builder);
#endif
        return true;
    }
}
