using Amazon.CDK.AWS.Lambda;

namespace PushGateway.Infra;

/// <summary>The names of an architecture.</summary>
/// <param name="OfZip">Its name in <c>artifacts/api-&lt;arch&gt;.zip</c>.</param>
/// <param name="OfLayer">Its name in the ARN of the ADOT layer.</param>
internal sealed record GatewayArchitecture(string OfZip, string OfLayer)
{
    private static readonly GatewayArchitecture Arm64 = new("arm64", "arm64");
    private static readonly GatewayArchitecture X64 = new("x64", "amd64");

    /// <summary>Null for an architecture that Lambda does not have.</summary>
    public static GatewayArchitecture? Of(Architecture architecture) => architecture.Name switch
    {
        "arm64" => Arm64,
        "x86_64" => X64,
        _ => null,
    };
}
