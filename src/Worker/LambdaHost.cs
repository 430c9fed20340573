using PushGateway.Aws.Lambda;
using PushGateway.Aws.Lambda.Events;
using PushGateway.Configuration;

namespace PushGateway.Worker;

/// <summary>Runs Worker as a Lambda function, on the built-in host. A build with <c>-p:LambdaHost=Amazon</c> uses AWS's own host.</summary>
internal static class LambdaHost
{
    /// <summary>On Lambda, takes messages from its events and returns true. Elsewhere, does nothing and returns false.</summary>
    public static bool TryAdd(HostApplicationBuilder builder, SettingsReader settings)
    {
        if (LambdaHosting.RuntimeApi is not { } runtimeApi)
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
