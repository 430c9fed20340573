using System.Text.Json.Serialization;
using Amazon.Lambda.APIGatewayEvents;
using Amazon.Lambda.Serialization.SystemTextJson;
using PushGateway.Api.Telemetry;
using PushGateway.Aws.Lambda;
using PushGateway.Configuration;

namespace PushGateway.Api.Hosting;

/// <summary>Api as a Lambda function, on AWS's own host (<c>-p:LambdaHost=Amazon</c>), which takes payload format 2.0.</summary>
internal static partial class LambdaHost
{
    /// <summary>Puts Lambda's events in place of a server where Lambda runs this process; false anywhere else.</summary>
    public static bool TryAdd(WebApplicationBuilder builder, SettingsReader settings)
    {
        if (settings.Text(LambdaHosting.RuntimeApiVariable) is null)
        {
            return false;
        }

        if (settings.Text("PUSHGATEWAY_QUEUE_URL") is null)
        {
            settings.Refuse("PUSHGATEWAY_QUEUE_URL: the URL of the SQS queue is required on Lambda, which keeps nothing on disk.");
        }

        if (OtlpExport.IsConfigured(builder.Configuration))
        {
            builder.Services.AddOpenTelemetry().AddOtlpExport();
        }

        builder.Services.AddAWSLambdaHosting(LambdaEventSource.HttpApi, new SourceGeneratorLambdaJsonSerializer<EventJsonContext>());
        return true;
    }

    [JsonSerializable(typeof(APIGatewayHttpApiV2ProxyRequest))]
    [JsonSerializable(typeof(APIGatewayHttpApiV2ProxyResponse))]
    private sealed partial class EventJsonContext : JsonSerializerContext;
}
