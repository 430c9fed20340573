using System.Text.Json.Serialization;
using Amazon.Lambda.APIGatewayEvents;
using Amazon.Lambda.Serialization.SystemTextJson;

namespace PushGateway.Api.Hosting;

/// <summary>AWS's own host for Api, which takes payload format 2.0.</summary>
internal static partial class AmazonLambdaHost
{
    public static IServiceCollection AddAmazonLambdaServer(this IServiceCollection services) =>
        services.AddAWSLambdaHosting(LambdaEventSource.HttpApi, new SourceGeneratorLambdaJsonSerializer<EventJsonContext>());

    [JsonSerializable(typeof(APIGatewayHttpApiV2ProxyRequest))]
    [JsonSerializable(typeof(APIGatewayHttpApiV2ProxyResponse))]
    private sealed partial class EventJsonContext : JsonSerializerContext;
}
