using System.Security.Cryptography;

namespace PushGateway.Api.Auth;

/// <summary>
/// Finds the credential of a presented secret. The slow hash is computed once for each credential in use. Later requests compare an HMAC
/// under a key of this process. Every refusal takes the same time, that of the credential with the most iterations.
/// </summary>
internal sealed class Authenticator(IReadOnlyList<Credential> credentials) : IDisposable
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);

    // Limits how many processors guesses from outside can occupy, so that known senders can still push.
    private readonly SemaphoreSlim _slow = new(Math.Max(1, Environment.ProcessorCount / 2));
    private readonly byte[] _dummySalt = RandomNumberGenerator.GetBytes(16);
    private volatile CredentialSet _current = new(credentials);
    private int _slowVerifications;

    /// <summary>How often the slow hash was computed.</summary>
    public int SlowVerifications => _slowVerifications;

    /// <summary>Replaces the credentials. From the next request on, the former ones and what was verified of them are not valid.</summary>
    public void Replace(IReadOnlyList<Credential> credentials) => _current = new CredentialSet(credentials);

    /// <summary>Returns the credential, or null when the name or the secret is wrong.</summary>
    public async ValueTask<Credential?> AuthenticateAsync(PresentedSecret presented, CancellationToken cancellationToken)
    {
        var current = _current;
        var credential = current.Find(presented.Name);
        var digest = HMACSHA256.HashData(_key, presented.Secret);
        if (IsVerified(current, credential, digest))
        {
            return credential;
        }

        await _slow.WaitAsync(cancellationToken);
        try
        {
            // When several requests waited with the same secret, the first one has done the work.
            if (IsVerified(current, credential, digest))
            {
                return credential;
            }

            if (!VerifySlowly(credential, presented.Secret, current.Iterations))
            {
                return null;
            }

            current.Verified[credential!.Name] = digest;
            return credential;
        }
        finally
        {
            _slow.Release();
        }
    }

    public void Dispose() => _slow.Dispose();

    private static bool IsVerified(CredentialSet current, Credential? credential, byte[] digest) =>
        credential is not null
        && current.Verified.TryGetValue(credential.Name, out var verified)
        && CryptographicOperations.FixedTimeEquals(verified, digest);

    // An unknown name takes as long as a known one, and a credential with few iterations as long as one with many.
    private bool VerifySlowly(Credential? credential, byte[] secret, int iterations)
    {
        Interlocked.Increment(ref _slowVerifications);
        var matches = credential?.Hash.Matches(secret) ?? false;
        var missing = iterations - (credential?.Hash.Iterations ?? 0);
        if (missing > 0)
        {
            Span<byte> discarded = stackalloc byte[SecretHash.HashBytes];
            Rfc2898DeriveBytes.Pbkdf2(secret, _dummySalt, discarded, missing, HashAlgorithmName.SHA256);
        }

        return matches;
    }
}
