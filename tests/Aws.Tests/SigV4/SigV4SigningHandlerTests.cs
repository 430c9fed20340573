using Amazon.Runtime;
using Microsoft.Extensions.Time.Testing;
using PushGateway.Aws.SigV4;
using Xunit;

namespace PushGateway.Aws.Tests.SigV4;

public sealed class SigV4SigningHandlerTests
{
    private static readonly Uri Workspace = new("https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-0a1b2c3d/api/v1/remote_write");

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 7, 30, 12, 34, 56, TimeSpan.Zero));

    [Fact]
    public async Task The_body_is_hashed_and_sent_unchanged_at_the_time_of_sending()
    {
        using var far = new CapturingHandler();
        using var client = new HttpClient(new SigV4SigningHandler(
            "eu-west-1", _time, "aps", _ => Task.FromResult(new ImmutableCredentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", null)))
        {
            InnerHandler = far,
        });
        byte[] body = [0, 1, .. "snappy"u8, 0xff];

        foreach (var content in new HttpContent[] { new ByteArrayContent(body), new StreamContent(new MemoryStream(body)) })
        {
            content.Headers.ContentType = new("application/x-protobuf");
            using var response = await client.PostAsync(Workspace, content, TestContext.Current.CancellationToken);
        }

        _time.Advance(TimeSpan.FromDays(1));
        using var later = await client.GetAsync(Workspace, TestContext.Current.CancellationToken);

        Assert.All(far.Sent.Take(2), sent =>
        {
            Assert.EndsWith("Signature=8f1c4b9f0ff6d8cdd5651bc2ad4eeaaa678fdcce9b640b7d75ca4eabb4105791", sent.Authorization, StringComparison.Ordinal);
            Assert.Equal(body, sent.Body);
        });
        Assert.Equal("20260731T123456Z", far.Sent[2].Date);
        Assert.Contains("/20260731/eu-west-1/aps/aws4_request", far.Sent[2].Authorization, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_credentials_nothing_is_sent()
    {
        using var far = new CapturingHandler();
        using var client = new HttpClient(
            new SigV4SigningHandler("eu-west-1", _time, "aps", _ => throw new AmazonClientException("none found")) { InnerHandler = far });

        var exception = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(Workspace, TestContext.Current.CancellationToken));
        Assert.Contains("none found", exception.Message, StringComparison.Ordinal);
        Assert.Empty(far.Sent);
    }

    [Theory]
    [InlineData("https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1/api/v1/remote_write", "eu-west-1")]
    [InlineData("https://aps-workspaces-fips.us-gov-west-1.amazonaws.com/", "us-gov-west-1")]
    [InlineData("https://aps-workspaces.us-east-1.api.aws/", "us-east-1")]
    [InlineData("https://vpce-0a-1b.aps-workspaces.eu-west-1.vpce.amazonaws.com/", "eu-west-1")]
    [InlineData("https://aps.eu-west-1.amazonaws.com/", null)]
    [InlineData("https://aps-workspaces.eu-west-1.example.com/", null)]
    [InlineData("http://localhost:9090/api/v1/write", null)]
    public void The_region_is_in_the_host_of_a_workspace(string uri, string? region) => Assert.Equal(region, ApsEndpoint.RegionOf(new Uri(uri)));
}
