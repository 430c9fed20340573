using System.Net;
using System.Text.Json;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Api.Tests.Auth;

/// <summary>A pinned credential touches and sees what has its labels, and nothing else.</summary>
public sealed class TenantTests(GuardedGateway gateway) : IClassFixture<GuardedGateway>
{
    private readonly HttpClient _admin = gateway.ConnectAs(TestCredentials.Basic("admin", GuardedGateway.AdminSecret));
    private readonly HttpClient _a = gateway.ConnectAs(TestCredentials.Bearer("a", "secret-a"));
    private readonly HttpClient _b = gateway.ConnectAs(TestCredentials.Basic("b", "secret-b"));
    private readonly HttpClient _nightly = gateway.ConnectAs(TestCredentials.Basic("nightly", "secret-n"));

    [Fact]
    public async Task Pinned_labels_overwrite_those_of_ungrouped_text_and_JSON()
    {
        await AcceptAsync(_a.PushAsync("text_one{tenant=\"b/c\",x=\"1\"} 1\n", Pushes.Text));
        await AcceptAsync(_a.PushAsync("""{"dimensions":{"tenant":"b/c","room":"k"},"metrics":{"json_one":2}}""", Pushes.Json));
        await AcceptAsync(_b.PushAsync("text_two 3\n", Pushes.Text));

        var lines = await ScrapeUntilAsync(_admin, "text_one", "json_one", "text_two");
        Assert.Contains(lines, line => line.StartsWith("text_one{tenant=\"a\",x=\"1\"} 1", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("json_one{room=\"k\",tenant=\"a\"} 2", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("text_two{tenant=\"b/c\"} 3", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/metrics/job/path_", "")]
    [InlineData("/metrics/job/path_/tenant/b%2520c", "")]
    [InlineData("/metrics/job/path_/tenant@base64/Yi9j", "tenant=\"b/c\",")]
    public async Task Pinned_labels_overwrite_those_of_path_and_body(string path, string bodyLabels)
    {
        var name = $"path_{Guid.NewGuid():N}";
        await AcceptAsync(_a.PushAsync($"{name}{{{bodyLabels}x=\"1\"}} 1\n", Pushes.Text, path.Replace("path_", name, StringComparison.Ordinal)));

        var line = Assert.Single(await ScrapeUntilAsync(_admin, name), line => line.StartsWith(name, StringComparison.Ordinal));
        Assert.Equal($"{name}{{instance=\"\",job=\"{name}\",tenant=\"a\",x=\"1\"}} 1", line);
    }

    [Fact]
    public async Task A_pinned_job_overwrites_the_path_s()
    {
        await AcceptAsync(_nightly.PushAsync("pinned_job{job=\"z\"} 1\n", Pushes.Text, "/metrics/job/other/instance/i", HttpMethod.Put));

        var lines = await ScrapeUntilAsync(_nightly, "pinned_job");
        Assert.Contains("pinned_job{instance=\"i\",job=\"nightly\",tenant=\"n\"} 1", lines);
    }

    [Theory]
    [InlineData("/metrics/job/owned/tenant@base64/Yi9j")]
    [InlineData("/metrics/job/owned/tenant/a/tenant@base64/Yi9j")]
    [InlineData("/metrics/job/owned")]
    [InlineData("/metrics/job@base64/b3duZWQ/tenant@base64/Yi9j")]
    public async Task Another_tenant_s_group_can_be_neither_replaced_nor_merged_nor_deleted(string path)
    {
        await AcceptAsync(_b.PushAsync("owned_by_b 1\n", Pushes.Text, "/metrics/job/owned", HttpMethod.Put));
        await ScrapeUntilAsync(_admin, "owned_by_b");

        await AcceptAsync(_a.PushAsync("owned_by_b 13\n", Pushes.Text, path, HttpMethod.Post));
        await AcceptAsync(_a.PushAsync("intruded 1\n", Pushes.Text, path, HttpMethod.Put));
        await AcceptAsync(_a.SendAsync("DELETE", path));

        // What is pushed later is delivered later.
        var last = $"last_{Guid.NewGuid():N}";
        await AcceptAsync(_a.PushAsync(last + " 1\n", Pushes.Text, "/metrics/job/" + last, HttpMethod.Put));
        var lines = await ScrapeUntilAsync(_admin, last);
        Assert.Contains("owned_by_b{instance=\"\",job=\"owned\",tenant=\"b/c\"} 1", lines);
        Assert.DoesNotContain(lines, line => line.Contains("intruded", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_tenant_deletes_its_own_group()
    {
        await AcceptAsync(_a.PushAsync("deleted_by_a 1\n", Pushes.Text, "/metrics/job/mine", HttpMethod.Put));
        await ScrapeUntilAsync(_a, "deleted_by_a");

        await AcceptAsync(_a.SendAsync("DELETE", "/metrics/job/mine"));
        await Poll.UntilAsync(
            async _ => !(await ScrapeAsync(_admin)).Any(line => line.StartsWith("deleted_by_a", StringComparison.Ordinal)),
            "the group to disappear",
            cancellationToken: TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_tenant_is_shown_its_own_series_only()
    {
        const string Histogram = "# HELP shown s\n# TYPE shown histogram\nshown_bucket{le=\"1\"} 1\nshown_bucket{le=\"+Inf\"} 2\nshown_sum 3\nshown_count 2\n";
        await AcceptAsync(_a.PushAsync(Histogram, Pushes.Text, "/metrics/job/shown", HttpMethod.Put));
        await AcceptAsync(_a.PushAsync(Histogram, Pushes.Text, "/metrics/job/shown2", HttpMethod.Put));
        await AcceptAsync(_b.PushAsync("# HELP hidden_b h\nhidden_b{tenant=\"a\"} 1\n", Pushes.Text, "/metrics/job/hidden", HttpMethod.Put));
        await AcceptAsync(_admin.PushAsync("hidden_admin{other=\"a\"} 1\n", Pushes.Text));
        await AcceptAsync(_admin.PushAsync("shown_to_a{tenant=\"a\"} 1\n", Pushes.Text));
        await ScrapeUntilAsync(_admin, "hidden_b", "hidden_admin", "shown_to_a", "shown_count");

        var lines = await ScrapeUntilAsync(_a, "shown_to_a", "shown_count");
        Assert.DoesNotContain(lines, line => line.Contains("hidden", StringComparison.Ordinal) || line.Contains("pushgateway_", StringComparison.Ordinal));
        Assert.All(lines, line => Assert.True(line is "" || line[0] == '#' || line.Contains("tenant=\"a\"", StringComparison.Ordinal), line));
        Assert.Equal(
            [
                "# HELP shown s",
                "# TYPE shown histogram",
                "shown_bucket{instance=\"\",job=\"shown\",le=\"1\",tenant=\"a\"} 1",
                "shown_bucket{instance=\"\",job=\"shown\",le=\"+Inf\",tenant=\"a\"} 2",
                "shown_sum{instance=\"\",job=\"shown\",tenant=\"a\"} 3",
                "shown_count{instance=\"\",job=\"shown\",tenant=\"a\"} 2",
            ],
            lines.Where(line => line.Contains(" shown ", StringComparison.Ordinal)
                || (line.StartsWith("shown", StringComparison.Ordinal) && line.Contains("job=\"shown\"", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task A_series_that_two_of_its_groups_give_is_shown_to_a_tenant_once_with_the_later_value()
    {
        await AcceptAsync(_a.PushAsync("twice{x=\"1\"} 1\n", Pushes.Text, "/metrics/job/twice/x/1", HttpMethod.Put));
        await AcceptAsync(_a.PushAsync("twice{x=\"1\"} 2\n", Pushes.Text, "/metrics/job/twice", HttpMethod.Put));
        await AcceptAsync(_a.PushAsync("after_twice 1\n", Pushes.Text, "/metrics/job/after_twice", HttpMethod.Put));

        var lines = await ScrapeUntilAsync(_a, "after_twice");
        Assert.Equal(["twice{instance=\"\",job=\"twice\",tenant=\"a\",x=\"1\"} 2"], lines.Where(line => line.StartsWith("twice", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_tenant_reads_its_own_groups_as_JSON_and_no_settings()
    {
        await AcceptAsync(_b.PushAsync("json_of_b 1\n", Pushes.Text, "/metrics/job/json", HttpMethod.Put));
        await AcceptAsync(_admin.PushAsync("json_of_admin{tenant=\"a\"} 1\n", Pushes.Text, "/metrics/job/json", HttpMethod.Put));
        await AcceptAsync(_a.PushAsync("json_of_a 1\n", Pushes.Text, "/metrics/job/json", HttpMethod.Put));
        await ScrapeUntilAsync(_a, "json_of_a");

        using var groups = await JsonAsync(_a, "/api/v1/metrics");
        Assert.All(groups.RootElement.GetProperty("data").EnumerateArray(), group => Assert.Equal("a", group.GetProperty("labels").GetProperty("tenant").GetString()));
        Assert.Contains(groups.RootElement.GetProperty("data").EnumerateArray(), group => group.TryGetProperty("json_of_a", out _));
        using var all = await JsonAsync(_admin, "/api/v1/metrics");
        Assert.Contains(all.RootElement.GetProperty("data").EnumerateArray(), group => group.TryGetProperty("json_of_b", out _));

        using var status = await JsonAsync(_a, "/api/v1/status");
        Assert.Empty(status.RootElement.GetProperty("data").GetProperty("flags").EnumerateObject());
    }

    [Fact]
    public async Task A_tenant_may_not_end_the_process()
    {
        using var response = await _a.SendAsync("PUT", "/-/quit");
        Assert.Equal("a credential that is pinned to labels may not do this\n", await response.TextAsync());
    }

    [Fact]
    public async Task Pinned_labels_count_towards_the_limits()
    {
        await using var limited = new GatewayFactory();
        limited.Settings["PUSHGATEWAY_CREDENTIALS"] =
            TestCredentials.Line("a", "secret-a", "tenant=a") + "\n" + TestCredentials.Line("admin", GuardedGateway.AdminSecret);
        limited.Settings["PUSHGATEWAY_MAX_LABELS"] = "3";
        using var pinned = limited.ConnectAs(TestCredentials.Basic("a", "secret-a"));
        using var admin = limited.ConnectAs(TestCredentials.Basic("admin", GuardedGateway.AdminSecret));

        await AcceptAsync(admin.PushAsync("m{x=\"1\",y=\"2\"} 1\n", Pushes.Text));
        using var ungrouped = await pinned.PushAsync("m{x=\"1\",y=\"2\"} 1\n", Pushes.Text);
        using var grouped = await pinned.PushAsync("m{x=\"1\"} 1\n", Pushes.Text, "/metrics/job/j");
        Assert.Equal("too-many-labels", (await Problem.ReadAsync(ungrouped)).Code);
        Assert.Equal(HttpStatusCode.BadRequest, grouped.StatusCode);
        await AcceptAsync(pinned.PushAsync("m{x=\"1\",tenant=\"2\"} 1\n", Pushes.Text));
    }

    [Fact]
    public async Task A_native_histogram_is_shown_to_its_tenant()
    {
        // pinned_native: metric { histogram { sample_count: 3 zero_count: 3 } }
        byte[] body = [0x19, 0x0A, 0x0D, .. "pinned_native"u8, 0x18, 0x04, 0x22, 0x06, 0x3A, 0x04, 0x08, 0x03, 0x38, 0x03];
        await AcceptAsync(_a.PushAsync(Pushes.Content(
            body, "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited")));

        var lines = await ScrapeUntilAsync(_a, "pinned_native_bucket");
        Assert.Contains(lines, line => line.StartsWith("pinned_native_bucket{le=\"+Inf\",tenant=\"a\"} 3 ", StringComparison.Ordinal));
    }

    private static async Task AcceptAsync(Task<HttpResponseMessage> pushing)
    {
        using var response = await pushing;
        Assert.True(response.StatusCode == HttpStatusCode.Accepted, $"{response.StatusCode}: {await response.TextAsync()}");
    }

    private static async Task<JsonDocument> JsonAsync(HttpClient client, string path)
    {
        using var response = await client.SendAsync("GET", path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonDocument.Parse(await response.TextAsync());
    }

    // Whole names: json_of_admin is not json_of_a. Every series here has labels.
    private static Task<string[]> ScrapeUntilAsync(HttpClient client, params string[] names) => Poll.UntilAsync(
        _ => ScrapeAsync(client),
        lines => names.All(name => lines.Any(line => line.StartsWith($"{name}{{", StringComparison.Ordinal))),
        "the pushes to appear",
        cancellationToken: TestContext.Current.CancellationToken);

    private static async Task<string[]> ScrapeAsync(HttpClient client)
    {
        using var response = await client.SendAsync("GET", "/metrics");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.TextAsync()).Split('\n');
    }
}
