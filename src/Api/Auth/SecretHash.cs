using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace PushGateway.Api.Auth;

/// <summary>A salted, slow hash of a secret: PBKDF2 with HMAC-SHA256 (RFC 8018).</summary>
internal sealed class SecretHash
{
    /// <summary>The name of the algorithm in a credential's line.</summary>
    public const string Algorithm = "pbkdf2-sha256";

    /// <summary>The number that OWASP's Password Storage Cheat Sheet recommends for PBKDF2 with HMAC-SHA256.</summary>
    public const int DefaultIterations = 600_000;

    public const int MinIterations = 1_000;

    /// <summary>A few seconds of work. Every failed attempt costs as much as the credential with the most iterations.</summary>
    public const int MaxIterations = 10_000_000;

    public const int MinSaltBytes = 8;
    public const int MaxSaltBytes = 64;
    public const int HashBytes = SHA256.HashSizeInBytes;

    private const int NewSaltBytes = 16;

    private readonly byte[] _salt;
    private readonly byte[] _hash;

    private SecretHash(int iterations, byte[] salt, byte[] hash)
    {
        Iterations = iterations;
        _salt = salt;
        _hash = hash;
    }

    public int Iterations { get; }

    /// <summary>Hashes a secret with a new salt.</summary>
    public static SecretHash Create(ReadOnlySpan<byte> secret, int iterations = DefaultIterations)
    {
        var salt = RandomNumberGenerator.GetBytes(NewSaltBytes);
        return new SecretHash(iterations, salt, Rfc2898DeriveBytes.Pbkdf2(secret, salt, iterations, HashAlgorithmName.SHA256, HashBytes));
    }

    /// <summary>
    /// Reads the four fields that <see cref="ToString"/> writes. <paramref name="error"/> says what is wrong and quotes nothing.
    /// </summary>
    public static bool TryParse(
        ReadOnlySpan<string> fields, [NotNullWhen(true)] out SecretHash? hash, [NotNullWhen(false)] out string? error)
    {
        hash = null;
        error = null;
        if (fields is not [var algorithm, var count, var saltText, var hashText])
        {
            throw new ArgumentException("Not four fields.", nameof(fields));
        }

        if (algorithm != Algorithm)
        {
            error = $"the second field is not {Algorithm}";
        }
        else if (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var iterations)
            || iterations is < MinIterations or > MaxIterations)
        {
            error = $"the third field, the iterations, is not a whole number from {MinIterations} to {MaxIterations}";
        }
        else if (DecodeBase64(saltText) is not { Length: >= MinSaltBytes and <= MaxSaltBytes } salt)
        {
            error = $"the fourth field, the salt, is not base64 of {MinSaltBytes} to {MaxSaltBytes} bytes";
        }
        else if (DecodeBase64(hashText) is not { Length: HashBytes } bytes)
        {
            error = $"the fifth field, the hash, is not base64 of {HashBytes} bytes";
        }
        else
        {
            hash = new SecretHash(iterations, salt, bytes);
        }

        return hash is not null;
    }

    /// <summary>Whether this is the hash of the secret. The work is the same for either answer.</summary>
    public bool Matches(ReadOnlySpan<byte> secret)
    {
        Span<byte> derived = stackalloc byte[HashBytes];
        Rfc2898DeriveBytes.Pbkdf2(secret, _salt, derived, Iterations, HashAlgorithmName.SHA256);
        return CryptographicOperations.FixedTimeEquals(derived, _hash);
    }

    /// <summary>Algorithm, iterations, salt and hash, as in a credential's line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Algorithm}:{Iterations}:{Convert.ToBase64String(_salt)}:{Convert.ToBase64String(_hash)}");

    private static byte[]? DecodeBase64(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var written) ? bytes[..written] : null;
    }
}
