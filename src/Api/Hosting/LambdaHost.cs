using PushGateway.Aws.Lambda;
using PushGateway.Configuration;

namespace PushGateway.Api.Hosting;

/// <summary>Runs Api as a Lambda function, on the built-in host. A build with <c>-p:LambdaHost=Amazon</c> uses AWS's own host.</summary>
internal static class LambdaHost
{
    /// <summary>On Lambda, serves its HTTP events in place of a port and returns true. Elsewhere, does nothing and returns false.</summary>
    public static bool TryAdd(WebApplicationBuilder builder, SettingsReader settings)
    {
        if (LambdaHosting.RuntimeApi is not { } runtimeApi)
        {
            return false;
        }

        if (settings.Text("PUSHGATEWAY_QUEUE_URL") is null)
        {
            settings.Refuse("PUSHGATEWAY_QUEUE_URL: the URL of the SQS queue is required on Lambda, which keeps nothing on disk.");
        }

#if AMAZON_LAMBDA_HOST
        builder.Services.AddAmazonLambdaServer();
        GatewayServices.OtlpExport.AddTo(builder);
#else
        builder.Services.AddLambdaServer(runtimeApi).AddLambdaMetrics(settings, GatewayServices.ServiceName);
        GatewayServices.OtlpExport.AddToFunction(builder);
#endif
        return true;
    }
}
