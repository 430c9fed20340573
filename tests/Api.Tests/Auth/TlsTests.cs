using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Api.Tests.Auth;

/// <summary>TLS by Kestrel's own configuration.</summary>
public sealed class TlsTests
{
    private const string Password = "changeit";

    [Fact]
    public async Task The_configured_certificate_is_served()
    {
        using var folder = new TempFolder();
        using var certificate = CreateCertificate();
        var path = folder.Combine("certificate.pfx");
        await File.WriteAllBytesAsync(path, certificate.Export(X509ContentType.Pkcs12, Password), TestContext.Current.CancellationToken);
        await using var gateway = new GatewayFactory();
        gateway.Settings["Kestrel:Endpoints:Https:Url"] = "https://127.0.0.1:0";
        gateway.Settings["Kestrel:Endpoints:Https:Certificate:Path"] = path;
        gateway.Settings["Kestrel:Endpoints:Https:Certificate:Password"] = Password;
        gateway.Settings["PUSHGATEWAY_CREDENTIALS"] = TestCredentials.Line("n", "s");
        gateway.UseKestrel();
        gateway.StartServer();
        var address = Assert.Single(gateway.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses);

        using var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, served, _, _) => served?.Thumbprint == certificate.Thumbprint,
        };
        using var client = new HttpClient(handler) { BaseAddress = new Uri(address) };
        client.DefaultRequestHeaders.Authorization = TestCredentials.Basic("n", "s");
        using var response = await client.PushAsync("a 1\n", Pushes.Text);

        Assert.StartsWith("https://127.0.0.1:", address, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
