using Amazon.CDK.AWS.Lambda;

namespace PushGateway.Infra;

/// <summary>An architecture by the names that its parts have for it.</summary>
/// <param name="OfZip">In <c>artifacts/api-&lt;arch&gt;.zip</c>.</param>
/// <param name="OfLayer">In the ADOT layer's name.</param>
internal sealed record GatewayArchitecture(string OfZip, string OfLayer)
{
    private static readonly GatewayArchitecture Arm64 = new("arm64", "arm64");
    private static readonly GatewayArchitecture X64 = new("x64", "amd64");

    /// <summary>Null for one that Lambda does not have.</summary>
    public static GatewayArchitecture? Of(Architecture architecture) => architecture.Name switch
    {
        "arm64" => Arm64,
        "x86_64" => X64,
        _ => null,
    };
}
