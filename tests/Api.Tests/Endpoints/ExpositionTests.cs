using System.Net;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Api.Tests.Endpoints;

/// <summary><c>GET /metrics</c>: what was pushed can be scraped.</summary>
public sealed class ExpositionTests(KestrelGateway gateway) : IClassFixture<KestrelGateway>
{
    private readonly HttpClient _client = gateway.Connect();

    [Fact]
    public async Task Pushed_groups_and_ungrouped_series_appear()
    {
        using var group = await _client.PushAsync(
            "# TYPE rows counter\nrows{table=\"t\"} 42\n", Pushes.Text, "/metrics/job/backup/instance/db1", HttpMethod.Put);
        using var record = await _client.PushAsync("""{"dimensions":{"room":"kitchen"},"metrics":{"temperature":"21.5"}}""", Pushes.Json);
        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (group.StatusCode, record.StatusCode));

        var text = await Poll.UntilAsync(
            _ => ScrapeAsync(),
            text => text.Contains("rows{", StringComparison.Ordinal) && text.Contains("temperature{", StringComparison.Ordinal),
            "both pushes to appear",
            cancellationToken: TestContext.Current.CancellationToken);

        var lines = text.Split('\n');
        Assert.Contains("# TYPE rows counter", lines);
        var rows = Assert.Single(lines, line => line.StartsWith("rows{", StringComparison.Ordinal));
        Assert.Contains("job=\"backup\"", rows, StringComparison.Ordinal);
        Assert.Contains("instance=\"db1\"", rows, StringComparison.Ordinal);
        Assert.Contains("table=\"t\"", rows, StringComparison.Ordinal);
        Assert.EndsWith(" 42", rows, StringComparison.Ordinal);
        var temperature = Assert.Single(lines, line => line.StartsWith("temperature{", StringComparison.Ordinal));
        Assert.Matches("^temperature\\{room=\"kitchen\"\\} 21\\.5( [0-9]+)?$", temperature);
    }

    [Fact]
    public async Task A_deleted_group_disappears()
    {
        using var put = await _client.PushAsync("short_lived 1\n", Pushes.Text, "/metrics/job/gone", HttpMethod.Put);
        await PollAsync(text => text.Contains("short_lived{", StringComparison.Ordinal), "the group to appear");

        using var delete = await _client.SendAsync("DELETE", "/metrics/job/gone");
        await PollAsync(text => !text.Contains("short_lived", StringComparison.Ordinal), "the group to disappear");
    }

    [Fact]
    public async Task The_content_type_is_that_of_the_text_format()
    {
        using var response = await _client.SendAsync("GET", "/metrics");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", Assert.Single(response.Content.Headers.GetValues("Content-Type")));
    }

    [Fact]
    public async Task The_gateway_counts_its_own_pushes()
    {
        using var refused = await _client.PushAsync("a x\n", Pushes.Text);
        await PollAsync(
            text => text.Split('\n').Any(line =>
                line.StartsWith("pushgateway_pushes_total{", StringComparison.Ordinal)
                && line.Contains("\"text-invalid\"", StringComparison.Ordinal)),
            "the refusal to be counted");
    }

    private Task PollAsync(Predicate<string> condition, string describe) => Poll.UntilAsync(
        async _ => condition(await ScrapeAsync()), describe, cancellationToken: TestContext.Current.CancellationToken);

    private async Task<string> ScrapeAsync()
    {
        using var response = await _client.SendAsync("GET", "/metrics");
        return await response.TextAsync();
    }
}
