using System.Security.Cryptography;
using Amazon.Runtime;
using PushGateway.Aws.SigV4;
using Xunit;

namespace PushGateway.Aws.Tests.SigV4;

/// <summary>The signatures are botocore's (1.43, <c>SigV4Auth</c>) for the same requests, keys and time.</summary>
public sealed class SigV4SignerTests
{
    private const string Workspace = "https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-0a1b2c3d/api/v1/remote_write";

    private static readonly byte[] Binary = [0, 1, .. "snappy"u8, 0xff];

    private static readonly DateTimeOffset Now = new(2026, 7, 30, 14, 34, 56, 789, TimeSpan.FromHours(2));

    [Fact]
    public void A_remote_write_is_signed_as_botocore_signs_it() => Check(
        Request(HttpMethod.Post, Workspace, Binary, "application/x-protobuf"),
        "content-type;host;x-amz-content-sha256;x-amz-date",
        "8f1c4b9f0ff6d8cdd5651bc2ad4eeaaa678fdcce9b640b7d75ca4eabb4105791");

    [Fact]
    public void Temporary_credentials_sign_their_token() => Check(
        Request(HttpMethod.Post, Workspace, Binary, "application/x-protobuf"),
        "content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token",
        "5df895ed8513fa1d7497015ee68fe86b7ded396dddf2143cfbf77604f44c093d",
        "FwoGZXIvYXdzEBc//token+/=");

    [Theory]
    [InlineData(
        "https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-0a1b2c3d/api/v1/query?time=1753878896.5&query=up%7Bjob%3D%22a%20b%22%7D&empty=&query=a",
        "82e6dae8bfcb718b88b81e88a062a0207fe97b03386ec1d0e575390fd2825385")]
    [InlineData(
        "https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/a%20b/%C3%A9~x/(1)/",
        "957d60add6e19450cd98cd71256d04928ab79447bab4d9a56f45b6280fbd0fd3")]
    [InlineData(
        "https://aps-workspaces.us-east-1.amazonaws.com",
        "159036c79e4248abc0812c5ea91bdf36bcac88d64eeb3bb78061e88557685654")]
    public void Query_and_path_are_canonical(string uri, string signature) =>
        Check(Request(HttpMethod.Get, uri, null, null), "host;x-amz-content-sha256;x-amz-date", signature);

    [Fact]
    public void A_port_belongs_to_the_host_and_parameters_to_the_content_type() => Check(
        Request(HttpMethod.Post, "http://127.0.0.1:9090/api/v1/write", "body"u8.ToArray(), "application/x-protobuf; proto=a.b.C"),
        "content-type;host;x-amz-content-sha256;x-amz-date",
        "2c5e05c955640f0d44713c5c2dac5f02279dda0af4b574d7416cfc8f14a11be7");

    [Fact]
    public void Headers_of_AWS_that_the_request_has_are_signed()
    {
        var request = Request(
            HttpMethod.Post, "https://secretsmanager.eu-west-1.amazonaws.com/", "{\"SecretId\":\"a\"}"u8.ToArray(), "application/x-amz-json-1.1");
        request.Headers.Add("X-Amz-Target", "secretsmanager.GetSecretValue");
        Check(
            request,
            "content-type;host;x-amz-content-sha256;x-amz-date;x-amz-target",
            "d39322973bb24b6c1f81be9b8c6d144b8e020a27aa0d0e7199eaef19460c2d46");
    }

    [Fact]
    public void A_request_that_is_sent_again_is_signed_again()
    {
        using var request = Request(HttpMethod.Get, "https://aps-workspaces.us-east-1.amazonaws.com", null, null);
        Sign(request, Now - TimeSpan.FromMinutes(1), "old token");
        Check(request, "host;x-amz-content-sha256;x-amz-date;x-amz-security-token", signature: null, token: "new token");
        Assert.Equal(["new token"], request.Headers.GetValues("x-amz-security-token"));
        Assert.Equal(["20260730T123456Z"], request.Headers.GetValues("x-amz-date"));
    }

    private static void Check(HttpRequestMessage request, string signedHeaders, string? signature, string? token = null)
    {
        using (request)
        {
            Sign(request, Now, token);
            var authorization = Assert.Single(request.Headers.GetValues("Authorization"));
            Assert.StartsWith(
                $"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260730/eu-west-1/aps/aws4_request, SignedHeaders={signedHeaders}, Signature={signature}",
                authorization,
                StringComparison.Ordinal);
        }
    }

    private static void Sign(HttpRequestMessage request, DateTimeOffset now, string? token)
    {
        using var body = request.Content?.ReadAsStream(TestContext.Current.CancellationToken) ?? Stream.Null;
        SigV4Signer.Sign(
            request,
            Convert.ToHexStringLower(SHA256.HashData(body)),
            new ImmutableCredentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token),
            "eu-west-1",
            "aps",
            now);
    }

    private static HttpRequestMessage Request(HttpMethod method, string uri, byte[]? body, string? contentType)
    {
        var request = new HttpRequestMessage(method, uri);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        return request;
    }
}
