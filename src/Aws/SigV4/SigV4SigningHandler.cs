using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.Runtime.Credentials;

namespace PushGateway.Aws.SigV4;

/// <summary>
/// Signs every request with AWS Signature Version 4, as Amazon Managed Service for Prometheus (service <c>aps</c>) requires.
/// Credentials come from the SDK's default chain. They are looked up with the first request, and the SDK renews them.
/// The body is buffered, because the signature covers its hash. The host, the content type and the body must not change below this handler.
/// </summary>
public sealed class SigV4SigningHandler : DelegatingHandler
{
    private readonly string _region;
    private readonly string _service;
    private readonly TimeProvider _time;
    private readonly Func<CancellationToken, Task<ImmutableCredentials>> _credentials;
    private readonly DefaultAWSCredentialsIdentityResolver? _resolver;

    /// <summary>Creates the handler. Set <see cref="DelegatingHandler.InnerHandler"/> or chain it.</summary>
    /// <param name="region">The region of the workspace.</param>
    /// <param name="time">The clock. AWS refuses a signature whose time is off by more than five minutes.</param>
    /// <param name="service">The signing name of the service.</param>
    public SigV4SigningHandler(string region, TimeProvider time, string service = "aps")
    {
        var resolver = new DefaultAWSCredentialsIdentityResolver();
        _region = region;
        _service = service;
        _time = time;
        _resolver = resolver;
        _credentials = async cancellationToken =>
            await (await resolver.ResolveIdentityAsync(clientConfig: null, cancellationToken)).GetCredentialsAsync();
    }

    internal SigV4SigningHandler(string region, TimeProvider time, string service, Func<CancellationToken, Task<ImmutableCredentials>> credentials)
    {
        _region = region;
        _service = service;
        _time = time;
        _credentials = credentials;
    }

    /// <inheritdoc/>
    /// <exception cref="HttpRequestException">There are no credentials. The request was not sent.</exception>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var hash = await HashAsync(request.Content, cancellationToken);
        SigV4Signer.Sign(request, hash, await GetCredentialsAsync(cancellationToken), _region, _service, _time.GetUtcNow());
        return await base.SendAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _resolver?.Dispose();
        }

        base.Dispose(disposing);
    }

    private static async Task<string> HashAsync(HttpContent? content, CancellationToken cancellationToken)
    {
        if (content is null)
        {
            return Convert.ToHexStringLower(SHA256.HashData([]));
        }

        await content.LoadIntoBufferAsync(cancellationToken);
        var body = await content.ReadAsStreamAsync(cancellationToken);
        body.Position = 0;
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(body, cancellationToken));
    }

    private async Task<ImmutableCredentials> GetCredentialsAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _credentials(cancellationToken);
        }
        catch (Exception e) when (e is AmazonClientException or AmazonServiceException)
        {
            throw new HttpRequestException($"No AWS credentials to sign the request with: {e.Message}", e);
        }
    }
}
