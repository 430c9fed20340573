using PushGateway.Testing;

namespace PushGateway.LambdaEmulator;

/// <summary>The account of all emulated resources.</summary>
public static class AwsAccount
{
    /// <summary>The account's number, which AWS uses in its examples.</summary>
    public const string Id = "123456789012";

    /// <summary>The region of functions and queues.</summary>
    public const string Region = SqsEndpoint.Region;

    /// <summary>The access key with which functions sign.</summary>
    public const string AccessKeyId = "ASIAIOSFODNN7EXAMPLE";

    /// <summary>The secret of <see cref="AccessKeyId"/>.</summary>
    public const string SecretAccessKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    /// <summary>A role's credentials are temporary, so every signed request must carry this token.</summary>
    public const string SessionToken = "IQoJb3JpZ2luX2VjEXAMPLETOKEN";
}
