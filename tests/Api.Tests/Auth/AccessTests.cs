using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Xunit;

namespace PushGateway.Api.Tests.Auth;

/// <summary>Who gets in, where, and how everybody else is answered.</summary>
public sealed class AccessTests(GuardedGateway gateway) : IClassFixture<GuardedGateway>
{
    private const string Challenge = "Basic realm=\"pushgateway\", Bearer";

    private readonly HttpClient _anonymous = gateway.Connect();

    public static TheoryData<string, string> GoodHeaders { get; } = new()
    {
        { "Basic", Base64("admin:" + GuardedGateway.AdminSecret) },
        { "bAsIc", Base64("admin:" + GuardedGateway.AdminSecret) },
        { "Basic", Base64("unicode:" + GuardedGateway.UnicodeSecret) },
        { "Basic", Base64("token:" + GuardedGateway.TokenSecret) },
        { "Bearer", "token." + GuardedGateway.TokenSecret },
        { "bearer", "token." + GuardedGateway.TokenSecret },
    };

    public static TheoryData<string> BadHeaders { get; } =
    [
        "",
        "Basic",
        "Basic ",
        "Bearer",
        "Bearer ",
        "Basic " + Base64("admin:wrong"),
        "Basic " + Base64("admin:" + GuardedGateway.AdminSecret + "x"),
        "Basic " + Base64("admin:" + GuardedGateway.AdminSecret[..^1]),
        "Basic " + Base64("Admin:" + GuardedGateway.AdminSecret),
        "Basic " + Base64("token:" + GuardedGateway.AdminSecret),
        "Basic " + Base64("nobody:" + GuardedGateway.AdminSecret),
        "Basic " + Base64(":" + GuardedGateway.AdminSecret),
        "Basic " + Base64("admin:"),
        "Basic " + Base64("admin"),
        "Basic " + Base64("\0:\0"),
        "Basic " + Base64("unicode:" + GuardedGateway.UnicodeSecret.Replace("ä", "a\u0308", StringComparison.Ordinal)),
        "Basic " + Convert.ToBase64String(Encoding.Latin1.GetBytes("unicode:pässwörd")),
        "Basic !!!",
        "Basic " + Base64("admin:" + GuardedGateway.AdminSecret)[..^3],
        "Basic admin:" + GuardedGateway.AdminSecret,
        "Bearer " + GuardedGateway.TokenSecret,
        "Bearer token",
        "Bearer token.",
        "Bearer token.wrong",
        "Bearer nobody." + GuardedGateway.TokenSecret,
        "Bearer ." + GuardedGateway.TokenSecret,
        "Bearer " + Base64("admin:" + GuardedGateway.AdminSecret),
        "Digest username=\"admin\"",
        "Basic" + Base64("admin:" + GuardedGateway.AdminSecret),
        "token." + GuardedGateway.TokenSecret,
    ];

    [Theory]
    [MemberData(nameof(GoodHeaders))]
    public async Task A_valid_credential_may_do_everything(string scheme, string parameter)
    {
        using var client = gateway.ConnectAs(new AuthenticationHeaderValue(scheme, parameter));
        using var push = await client.PushAsync("a 1\n", Pushes.Text);
        using var group = await client.PushAsync("a 1\n", Pushes.Text, "/metrics/job/access", HttpMethod.Put);
        using var scrape = await client.SendAsync("GET", "/metrics");
        using var swagger = await client.SendAsync("GET", "/swagger/index.html");
        using var document = await client.SendAsync("GET", "/openapi.json");
        using var nothing = await client.SendAsync("GET", "/nothing");

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (push.StatusCode, group.StatusCode));
        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.NotFound),
            (scrape.StatusCode, swagger.StatusCode, document.StatusCode, nothing.StatusCode));
        Assert.Contains("pushgateway_pushes_total", await scrape.TextAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(BadHeaders))]
    public async Task Anything_else_is_refused(string authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/metrics", UriKind.Relative))
        {
            Content = Pushes.Content("intruder 1\n", Pushes.Text),
        };
        if (authorization.Length > 0)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        using var response = await _anonymous.SendAsync(request, TestContext.Current.CancellationToken);
        AssertRefused(response);
        Assert.Equal("unauthorized", (await Problem.ReadAsync(response)).Code);
    }

    [Fact]
    public async Task Two_headers_are_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/metrics", UriKind.Relative));
        var good = TestCredentials.Basic("admin", GuardedGateway.AdminSecret).ToString();
        request.Headers.TryAddWithoutValidation("Authorization", [good, good]);

        using var response = await _anonymous.SendAsync(request, TestContext.Current.CancellationToken);
        AssertRefused(response);
    }

    [Theory]
    [InlineData("PUT", "/metrics/job/x")]
    [InlineData("POST", "/metrics/job/x/instance/y")]
    [InlineData("DELETE", "/metrics/job/x")]
    [InlineData("PUT", "/metrics/job@base64/eA")]
    [InlineData("PUT", "/metrics/job/-/healthy")]
    [InlineData("PUT", "/metrics/job/x/../../../-/healthy%2F")]
    [InlineData("GET", "/metrics")]
    [InlineData("GET", "/metrics/")]
    [InlineData("GET", "/METRICS")]
    [InlineData("GET", "/-/healthy/../../metrics")]
    [InlineData("GET", "/openapi.json")]
    [InlineData("GET", "/swagger")]
    [InlineData("GET", "/swagger/index.html")]
    [InlineData("GET", "/swagger/index.js")]
    [InlineData("GET", "/")]
    [InlineData("GET", "/nothing")]
    [InlineData("PATCH", "/metrics")]
    public async Task Everything_but_health_is_guarded(string method, string path)
    {
        using var response = await _anonymous.SendAsync(method, path);

        AssertRefused(response);
        Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        var body = await response.TextAsync();
        Assert.Equal(body.Length - 1, body.IndexOf('\n', StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/-/healthy")]
    [InlineData("/-/ready")]
    public async Task Health_is_open(string path)
    {
        using var response = await _anonymous.SendAsync("GET", path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Refused_pushes_are_counted()
    {
        using var refused = await _anonymous.PushAsync("a 1\n", Pushes.Text);
        using var client = gateway.ConnectAs(TestCredentials.Basic("admin", GuardedGateway.AdminSecret));

        var metrics = await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Contains("result=\"unauthorized\"", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("intruder", metrics, StringComparison.Ordinal);
    }

    private static void AssertRefused(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(Challenge, Assert.Single(response.Headers.NonValidated["WWW-Authenticate"]));
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
