using System.Security.Cryptography;
using System.Text;

namespace PushGateway.EndToEnd.Tests.Clients;

/// <summary>A credential, as a client presents it by HTTP Basic.</summary>
public sealed record ClientCredential(string User, string Secret)
{
    // The fewest that the gateway takes: the hash is not what is tested.
    const int Iterations = 1000;

    /// <summary>The value for <c>PUSHGATEWAY_CREDENTIALS</c>.</summary>
    internal string Line()
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        var hash = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(Secret), salt, Iterations, HashAlgorithmName.SHA256, 32);
        return $"{User}:pbkdf2-sha256:{Iterations}:{Convert.ToBase64String(salt)}:{Convert.ToBase64String(hash)}";
    }
}
