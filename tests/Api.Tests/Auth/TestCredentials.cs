using System.Net.Http.Headers;
using System.Text;
using PushGateway.Api.Auth;

namespace PushGateway.Api.Tests.Auth;

/// <summary>Credentials whose hashes are cheap, and headers that present them.</summary>
internal static class TestCredentials
{
    /// <summary>The line of a credential, with labels as the line writes them.</summary>
    public static string Line(string name, string secret, string? labels = null, int iterations = SecretHash.MinIterations)
    {
        var line = $"{name}:{SecretHash.Create(Encoding.UTF8.GetBytes(secret), iterations)}";
        return labels is null ? line : $"{line}:{labels}";
    }

    public static AuthenticationHeaderValue Basic(string name, string secret) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{secret}")));

    public static AuthenticationHeaderValue Bearer(string name, string secret) => new("Bearer", $"{name}.{secret}");

    public static HttpClient ConnectAs(this GatewayFactory gateway, AuthenticationHeaderValue authorization)
    {
        var client = gateway.Connect();
        client.DefaultRequestHeaders.Authorization = authorization;
        return client;
    }
}
