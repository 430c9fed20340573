using System.Net.Sockets;
using System.Text;
using Xunit;

namespace PushGateway.Api.Tests.Endpoints;

/// <summary>Requests that are not HTTP: the sender's fault, so never a 5xx.</summary>
public sealed class MalformedHttpTests(KestrelGateway gateway) : IClassFixture<KestrelGateway>
{
    private readonly Uri _url = gateway.Connect().BaseAddress!;

    [Theory]
    [InlineData("POST /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\na 1\n\r\n0\r\n\r\n")]
    [InlineData("POST /metrics/job/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n4\r\na 1\nzz\r\n0\r\n\r\n")]
    [InlineData("PUT /metrics/job/x%zz HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nConnection: close\r\n\r\na 1\n")]
    public async Task The_sender_is_told(string request) =>
        Assert.StartsWith("HTTP/1.1 400 ", await ExchangeAsync(request), StringComparison.Ordinal);

    [Theory]
    [InlineData("http://elsewhere/metrics/job/absolute")]
    [InlineData("/metrics/job/origin")]
    public async Task Every_form_of_request_target_is_understood(string target) => Assert.Equal(
        "HTTP/1.1 202 Accepted",
        await ExchangeAsync($"PUT {target} HTTP/1.1\r\nHost: elsewhere\r\nContent-Length: 4\r\nConnection: close\r\n\r\na 1\n"));

    private async Task<string?> ExchangeAsync(string request)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(_url.Host, _url.Port, TestContext.Current.CancellationToken);
        await tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        using var answer = new StreamReader(tcp.GetStream(), Encoding.ASCII);
        return await answer.ReadLineAsync(TestContext.Current.CancellationToken);
    }
}
