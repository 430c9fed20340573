using System.Net;
using System.Text.Json;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Api.Tests.Endpoints;

/// <summary><c>/api/v1</c> where it cannot be compared with a Pushgateway; the shapes of the answers are, by the conformance test.</summary>
public sealed class ApiTests
{
    [Fact]
    public async Task Status_tells_settings_without_secrets()
    {
        await using var gateway = new GatewayFactory();
        gateway.Settings["PUSHGATEWAY_CREDENTIALS"] = Auth.TestCredentials.Line("admin", "hidden-secret");
        gateway.Settings["PUSHGATEWAY_UNGROUPED_HOLD"] = "90s";
        gateway.Settings["PROMETHEUS_REMOTE_WRITE_URL"] = "http://user:hidden-password@127.0.0.1:1/api/v1/write?token=hidden-token";
        gateway.Settings["OTEL_EXPORTER_OTLP_HEADERS"] = "authorization=hidden-header";
        using var client = Auth.TestCredentials.ConnectAs(gateway, Auth.TestCredentials.Basic("admin", "hidden-secret"));
        var before = DateTimeOffset.UtcNow;

        using var response = await client.SendAsync("GET", "/api/v1/status");
        var text = await response.TextAsync();
        using var json = JsonDocument.Parse(text);
        var data = json.RootElement.GetProperty("data");
        var flags = data.GetProperty("flags").EnumerateObject().ToDictionary(flag => flag.Name, flag => flag.Value.GetString());

        Assert.DoesNotContain("hidden", text, StringComparison.Ordinal);
        Assert.Equal("90s", flags["PUSHGATEWAY_UNGROUPED_HOLD"]);
        Assert.Equal("false", flags["PUSHGATEWAY_ENABLE_LIFECYCLE"]);
        Assert.Equal("http://127.0.0.1:1/api/v1/write", flags["PROMETHEUS_REMOTE_WRITE_URL"]);
        Assert.All(flags.Keys, name => Assert.Matches("^(PUSHGATEWAY|PROMETHEUS)_[A-Z_]+$", name));
        Assert.InRange(data.GetProperty("start_time").GetDateTimeOffset(), before - TimeSpan.FromMinutes(5), DateTimeOffset.UtcNow);
        Assert.NotEmpty(data.GetProperty("build_information").GetProperty("version").GetString()!);
    }

    [Fact]
    public async Task Only_the_environment_makes_a_process_a_function()
    {
        await using var gateway = new GatewayFactory();
        gateway.Settings["AWS_LAMBDA_RUNTIME_API"] = "127.0.0.1:1";
        using var client = gateway.Connect();

        using var response = await client.SendAsync("GET", "/api/v1/status");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Without_a_group_store_there_are_no_groups_and_the_answer_says_so()
    {
        await using var gateway = new GatewayFactory();
        gateway.Settings["PUSHGATEWAY_QUEUE_URL"] = "http://127.0.0.1:1/000000000000/queue";
        using var client = gateway.Connect();

        using var response = await client.SendAsync("GET", "/api/v1/metrics");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(
            """{"status":"success","data":[],"warnings":["this process holds no groups, it only queues what is pushed"]}""", await response.TextAsync());
    }

    [Fact]
    public async Task A_preflight_needs_no_credential_and_reading_does()
    {
        await using var gateway = new Auth.GuardedGateway();
        using var client = gateway.Connect();

        using var preflight = await client.SendAsync("OPTIONS", "/api/v1/metrics");
        Assert.Equal(HttpStatusCode.OK, preflight.StatusCode);
        Assert.Equal("*", Assert.Single(preflight.Headers.GetValues("Access-Control-Allow-Origin")));
        foreach (var path in new[] { "/api/v1/metrics", "/api/v1/status", "/api/v1/unknown" })
        {
            using var response = await client.SendAsync("GET", path);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }
    }

    [Fact]
    public async Task Many_groups_make_one_document()
    {
        await using var gateway = new KestrelGateway();
        using var client = gateway.Connect();
        for (var i = 0; i < 200; i++)
        {
            using var pushed = await client.PushAsync("m 1\nn{l=\"2\"} 2\n", Pushes.Text, $"/metrics/job/many/i/{i}");
            Assert.Equal(HttpStatusCode.Accepted, pushed.StatusCode);
        }

        var groups = await Poll.UntilAsync(
            async _ =>
            {
                using var response = await client.SendAsync("GET", "/api/v1/metrics");
                using var json = JsonDocument.Parse(await response.TextAsync());
                return json.RootElement.GetProperty("data").EnumerateArray().Select(group => group.GetProperty("labels").GetProperty("i").GetString()).ToList();
            },
            groups => groups.Count == 200,
            "every group to be there",
            cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(200, groups.Distinct().Count());
    }
}
