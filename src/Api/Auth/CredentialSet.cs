using System.Collections.Concurrent;

namespace PushGateway.Api.Auth;

/// <summary>The credentials that are valid at one time, and what was verified of them. Both are replaced together.</summary>
internal sealed class CredentialSet(IReadOnlyList<Credential> credentials)
{
    private readonly Dictionary<string, Credential> _byName = credentials.ToDictionary(credential => credential.Name, StringComparer.Ordinal);

    /// <summary>
    /// Digests of the secrets that were verified, by name. There is at most one for each credential, because failures are not remembered.
    /// </summary>
    public ConcurrentDictionary<string, byte[]> Verified { get; } = new(StringComparer.Ordinal);

    /// <summary>The largest number of iterations of any credential.</summary>
    public int Iterations { get; } = credentials.Select(credential => credential.Hash.Iterations).DefaultIfEmpty(SecretHash.MinIterations).Max();

    public Credential? Find(string name) => _byName.GetValueOrDefault(name);
}
