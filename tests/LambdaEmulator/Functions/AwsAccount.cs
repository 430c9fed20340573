using PushGateway.Testing;

namespace PushGateway.LambdaEmulator;

/// <summary>The account that everything emulated belongs to.</summary>
public static class AwsAccount
{
    /// <summary>The account's number, of AWS's own examples.</summary>
    public const string Id = "123456789012";

    /// <summary>The region of functions and queues.</summary>
    public const string Region = SqsEndpoint.Region;

    /// <summary>The key with which functions sign.</summary>
    public const string AccessKeyId = "ASIAIOSFODNN7EXAMPLE";

    /// <summary>Belongs to <see cref="AccessKeyId"/>.</summary>
    public const string SecretAccessKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    /// <summary>A role's credentials are temporary, so every signed request carries this.</summary>
    public const string SessionToken = "IQoJb3JpZ2luX2VjEXAMPLETOKEN";
}
