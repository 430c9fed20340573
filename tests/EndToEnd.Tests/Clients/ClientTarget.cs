using PushGateway.Testing;

namespace PushGateway.EndToEnd.Tests.Clients;

/// <summary>Something that Pushgateway clients push to, and the Prometheus in which what they pushed is seen.</summary>
public abstract class ClientTarget : SharedServers
{
    /// <summary>What a client is given: scheme, host and port.</summary>
    public abstract Uri Gateway { get; }

    /// <summary>Where everything that is pushed can be queried.</summary>
    public PrometheusServer Prometheus { get; protected set; } = null!;

    /// <summary>Whether what a replace or a delete ends is gone from Prometheus at once.</summary>
    public virtual bool KeepsGroups => true;

    /// <summary>What the gateway asks for; null when it asks for nothing.</summary>
    public virtual ClientCredential? Credential => null;
}
