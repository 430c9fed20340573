using Amazon.CDK;
using Amazon.CDK.AWS.Lambda;
using Constructs;

namespace PushGateway.Infra;

/// <summary>The collector layer of the AWS Distro for OpenTelemetry. AWS publishes one for each region and architecture.</summary>
internal static class AdotLayer
{
    // https://aws-otel.github.io/docs/getting-started/lambda
    private const string Account = "901920570463";
    private const string Version = "ver-0-117-0:1";

    public static ILayerVersion Import(Construct scope, string? arn, GatewayArchitecture architecture) =>
        LayerVersion.FromLayerVersionArn(scope, "Adot", arn ?? Arn(Stack.Of(scope), architecture));

    private static string Arn(Stack stack, GatewayArchitecture architecture) =>
        $"arn:{stack.Partition}:lambda:{stack.Region}:{Account}:layer:aws-otel-collector-{architecture.OfLayer}-{Version}";
}
