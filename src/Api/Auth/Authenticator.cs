using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace PushGateway.Api.Auth;

/// <summary>
/// Finds the credential that a secret belongs to. The slow hash is computed once for each credential in use; later requests compare an
/// HMAC under a key of this process. Every refusal costs the same time: that of the dearest credential.
/// </summary>
internal sealed class Authenticator : IDisposable
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);
    private readonly Dictionary<string, Credential> _credentials;

    // At most one for each credential: failures are not remembered.
    private readonly ConcurrentDictionary<string, byte[]> _verified = new(StringComparer.Ordinal);

    // Guesses from outside leave processors for the pushes of those who are known.
    private readonly SemaphoreSlim _slow = new(Math.Max(1, Environment.ProcessorCount / 2));
    private readonly int _iterations;
    private readonly byte[] _dummySalt = RandomNumberGenerator.GetBytes(16);
    private int _slowVerifications;

    public Authenticator(IReadOnlyList<Credential> credentials)
    {
        _credentials = credentials.ToDictionary(credential => credential.Name, StringComparer.Ordinal);
        _iterations = credentials.Select(credential => credential.Hash.Iterations).DefaultIfEmpty(SecretHash.MinIterations).Max();
    }

    /// <summary>How often the slow hash was computed.</summary>
    public int SlowVerifications => _slowVerifications;

    /// <summary>The credential, or null.</summary>
    public async ValueTask<Credential?> AuthenticateAsync(PresentedSecret presented, CancellationToken cancellationToken)
    {
        var credential = _credentials.GetValueOrDefault(presented.Name);
        var digest = HMACSHA256.HashData(_key, presented.Secret);
        if (IsVerified(credential, digest))
        {
            return credential;
        }

        await _slow.WaitAsync(cancellationToken);
        try
        {
            // Of those that waited here with the same secret, the first has done the work.
            if (IsVerified(credential, digest))
            {
                return credential;
            }

            if (!VerifySlowly(credential, presented.Secret))
            {
                return null;
            }

            _verified[credential!.Name] = digest;
            return credential;
        }
        finally
        {
            _slow.Release();
        }
    }

    public void Dispose() => _slow.Dispose();

    private bool IsVerified(Credential? credential, byte[] digest) =>
        credential is not null && _verified.TryGetValue(credential.Name, out var verified) && CryptographicOperations.FixedTimeEquals(verified, digest);

    // An unknown name takes as long as a known one, and a credential of few iterations as long as one of many.
    private bool VerifySlowly(Credential? credential, byte[] secret)
    {
        Interlocked.Increment(ref _slowVerifications);
        var matches = credential?.Hash.Matches(secret) ?? false;
        var missing = _iterations - (credential?.Hash.Iterations ?? 0);
        if (missing > 0)
        {
            Span<byte> discarded = stackalloc byte[SecretHash.HashBytes];
            Rfc2898DeriveBytes.Pbkdf2(secret, _dummySalt, discarded, missing, HashAlgorithmName.SHA256);
        }

        return matches;
    }
}
