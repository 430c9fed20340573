using System.Collections.Concurrent;

namespace PushGateway.Api.Auth;

/// <summary>The credentials that hold at one time, and what was verified of them: both go together when others take their place.</summary>
internal sealed class CredentialSet(IReadOnlyList<Credential> credentials)
{
    private readonly Dictionary<string, Credential> _byName = credentials.ToDictionary(credential => credential.Name, StringComparer.Ordinal);

    /// <summary>Digests of secrets by name. At most one for each credential: failures are not remembered.</summary>
    public ConcurrentDictionary<string, byte[]> Verified { get; } = new(StringComparer.Ordinal);

    /// <summary>Of the dearest credential.</summary>
    public int Iterations { get; } = credentials.Select(credential => credential.Hash.Iterations).DefaultIfEmpty(SecretHash.MinIterations).Max();

    public Credential? Find(string name) => _byName.GetValueOrDefault(name);
}
