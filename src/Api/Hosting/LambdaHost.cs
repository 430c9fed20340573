using PushGateway.Aws.Lambda;
using PushGateway.Configuration;

namespace PushGateway.Api.Hosting;

/// <summary>Api as a Lambda function: on the built-in host, or with <c>-p:LambdaHost=Amazon</c> on AWS's own.</summary>
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
