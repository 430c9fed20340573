using Amazon.CDK;
using Amazon.CDK.AWS.KMS;

namespace PushGateway.Infra;

/// <summary>The configuration of a new workspace.</summary>
public sealed record PrometheusWorkspaceProps
{
    /// <summary>The workspace's alias; none by default.</summary>
    public string? Alias { get; init; }

    /// <summary>Encrypts the samples. By default a key of AWS does.</summary>
    public IKey? EncryptionKey { get; init; }

    /// <summary>What happens to the workspace when it leaves the stack. By default it is kept, with everything that was pushed.</summary>
    public RemovalPolicy? RemovalPolicy { get; init; }
}
