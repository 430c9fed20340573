using Amazon.CDK;
using Amazon.CDK.AWS.KMS;

namespace PushGateway.Infra;

/// <summary>A new workspace.</summary>
public sealed record PrometheusWorkspaceProps
{
    /// <summary>The workspace's alias; none by default.</summary>
    public string? Alias { get; init; }

    /// <summary>Encrypts the samples; by default a key of AWS.</summary>
    public IKey? EncryptionKey { get; init; }

    /// <summary>What becomes of the workspace when it leaves the stack. It is kept by default, with everything that was pushed.</summary>
    public RemovalPolicy? RemovalPolicy { get; init; }
}
