using System.Net;
using PushGateway.Push;
using Xunit;

namespace PushGateway.Api.Tests.Endpoints;

/// <summary>The time to live that a push gives its group, by header or by default.</summary>
public sealed class TimeToLiveTests
{
    [Theory]
    [InlineData("PUT", "15m", null, 900_000)]
    [InlineData("POST", "1h30m", null, 5_400_000)]
    [InlineData("PUT", "500ms", "1h", 500)]
    [InlineData("POST", null, "1h", 3_600_000)]
    [InlineData("PUT", null, null, 0)]
    public async Task It_goes_with_the_push(string method, string? header, string? setting, int milliseconds)
    {
        await using var gateway = Gateway(setting);

        Assert.Equal(HttpStatusCode.Accepted, await PushAsync(gateway, method, "a 1\n", header));
        var push = Assert.Single(gateway.Queue.Headers());
        Assert.Equal(milliseconds == 0 ? null : TimeSpan.FromMilliseconds(milliseconds), push.TimeToLive);
    }

    [Fact]
    public async Task A_refused_push_leaves_its_group_the_time_to_live_that_it_would_have_given()
    {
        await using var gateway = Gateway(null);

        Assert.Equal(HttpStatusCode.BadRequest, await PushAsync(gateway, "PUT", "a 1\na 2\n", "15m"));
        var failure = Assert.Single(gateway.Queue.Headers());
        Assert.Equal((PushOperation.Fail, TimeSpan.FromMinutes(15)), (failure.Operation, failure.TimeToLive));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("15")]
    [InlineData("-5m")]
    [InlineData("11y")]
    [InlineData("forever")]
    [InlineData("1m, 2m")]
    public async Task Anything_else_is_refused(string header)
    {
        await using var gateway = Gateway("1h");
        using var request = Request("PUT", "a 1\n", header);
        using var response = await gateway.Connect().SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal($"time to live \"{header}\" is not a duration such as 15m, more than zero and at most 3650d\n", await response.TextAsync());
        Assert.Empty(gateway.Queue.Calls);
    }

    [Fact]
    public async Task What_belongs_to_no_group_has_none()
    {
        await using var gateway = Gateway("1h");
        using var response = await gateway.Connect().PushAsync("a 1\n", Pushes.Text);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Null(Assert.Single(gateway.Queue.Headers()).TimeToLive);
    }

    private static RecordingGateway Gateway(string? setting)
    {
        var gateway = new RecordingGateway();
        if (setting is not null)
        {
            gateway.Settings["PUSHGATEWAY_GROUP_TTL"] = setting;
        }

        return gateway;
    }

    private static async Task<HttpStatusCode> PushAsync(RecordingGateway gateway, string method, string body, string? header)
    {
        using var request = Request(method, body, header);
        using var response = await gateway.Connect().SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private static HttpRequestMessage Request(string method, string body, string? header)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri("/metrics/job/ttl", UriKind.Relative)) { Content = Pushes.Content(body, Pushes.Text) };
        if (header is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Push-TTL", header);
        }

        return request;
    }
}
