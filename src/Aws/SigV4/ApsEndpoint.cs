namespace PushGateway.Aws.SigV4;

/// <summary>Recognises the endpoints of Amazon Managed Service for Prometheus, whose requests must be signed.</summary>
public static class ApsEndpoint
{
    /// <summary>The region of <c>https://aps-workspaces.&lt;region&gt;.amazonaws.com/workspaces/…</c>; null for any other host.</summary>
    public static string? RegionOf(Uri uri) => uri.Host.Split('.') switch
    {
        ["aps-workspaces" or "aps-workspaces-fips", var region, "amazonaws", "com"] => region,
        ["aps-workspaces" or "aps-workspaces-fips", var region, "amazonaws", "com", "cn"] => region,
        ["aps-workspaces" or "aps-workspaces-fips", var region, "api", "aws"] => region,
        [_, "aps-workspaces", var region, "vpce", "amazonaws", "com"] => region,
        _ => null,
    };
}
