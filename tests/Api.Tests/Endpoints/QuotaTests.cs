using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using PushGateway.Embedded;
using PushGateway.Push;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Api.Tests.Endpoints;

/// <summary>What is held is limited, and a push that finds no room is refused at once and never later.</summary>
public sealed class QuotaTests : IAsyncDisposable
{
    private readonly KestrelGateway _gateway = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task What_is_too_old_for_the_target_is_refused()
    {
        await using var gateway = new GatewayFactory();
        gateway.Settings["PUSHGATEWAY_TARGET_MAX_AGE"] = "1h";
        using var client = gateway.Connect();
        var now = DateTimeOffset.UtcNow;

        using var old = await client.PushAsync($"m 1 {now.AddMinutes(-61).ToUnixTimeMilliseconds()}\n", Pushes.Text);
        using var recent = await client.PushAsync($"m 1 {now.AddMinutes(-50).ToUnixTimeMilliseconds()}\n", Pushes.Text);

        Assert.Equal("timestamp-too-old", (await Problem.ReadAsync(old)).Code);
        Assert.Equal(HttpStatusCode.Accepted, recent.StatusCode);
    }

    [Fact]
    public async Task Of_a_hundred_new_groups_while_the_target_is_down_five_are_accepted_and_the_others_refused_at_once()
    {
        _gateway.Settings["PUSHGATEWAY_MAX_GROUPS"] = "5";
        _gateway.Settings["PROMETHEUS_REMOTE_WRITE_URL"] = "http://127.0.0.1:1/api/v1/write";
        var client = _gateway.Connect();
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"/metrics/job/j{i}");
            using var response = await client.PushAsync("m 1\n", Pushes.Text, path, HttpMethod.Put);
            return response.StatusCode;
        }));

        Assert.Equal(5, answers.Count(status => status == HttpStatusCode.Accepted));
        Assert.Equal(95, answers.Count(status => status == HttpStatusCode.TooManyRequests));
        using var invalid = await client.PushAsync("m x\n", Pushes.Text, "/metrics/job/other", HttpMethod.Put);
        Assert.Equal(HttpStatusCode.BadRequest, invalid.StatusCode);

        // Not even the failure of a group for which there is no room is queued.
        var store = _gateway.Services.GetRequiredService<EmbeddedStore>();
        Assert.Equal(0, store.Queue.DeadLetterCount);
    }

    [Fact]
    public async Task Of_a_hundred_pushes_at_once_to_a_group_while_the_target_is_down_those_that_fit_are_accepted_and_shown()
    {
        _gateway.Settings["PUSHGATEWAY_MAX_GROUP_SERIES"] = "5";
        _gateway.Settings["PROMETHEUS_REMOTE_WRITE_URL"] = "http://127.0.0.1:1/api/v1/write";
        var client = _gateway.Connect();
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
        {
            using var response = await client.PushAsync(string.Create(CultureInfo.InvariantCulture, $"m{i} 1\n"), Pushes.Text, "/metrics/job/j");
            return response.StatusCode;
        }));

        Assert.Equal(5, answers.Count(status => status == HttpStatusCode.Accepted));
        Assert.Equal(95, answers.Count(status => status == HttpStatusCode.RequestEntityTooLarge));
        await Poll.UntilAsync(
            token => client.GetStringAsync(new Uri("/metrics", UriKind.Relative), token),
            text => text.Split('\n').Count(static line => line.StartsWith('m') && line.EndsWith("{instance=\"\",job=\"j\"} 1", StringComparison.Ordinal)) == 5,
            "the accepted pushes to be shown",
            cancellationToken: Cancellation);
        Assert.Equal(0, _gateway.Services.GetRequiredService<EmbeddedStore>().Queue.DeadLetterCount);
    }

    [Fact]
    public async Task A_group_that_is_deleted_makes_room_and_records_of_many_groups_find_room_together_or_not_at_all()
    {
        _gateway.Settings["PUSHGATEWAY_MAX_GROUPS"] = "2";
        var client = _gateway.Connect();
        using var three = await client.PushAsync(Records("a", "b", "c"), Pushes.Json, "/api/v1/groups", HttpMethod.Put);
        Assert.Equal(HttpStatusCode.TooManyRequests, three.StatusCode);
        using var two = await client.PushAsync(Records("b", "c"), Pushes.Json, "/api/v1/groups", HttpMethod.Put);
        Assert.Equal(HttpStatusCode.Accepted, two.StatusCode);
        using var full = await client.PushAsync("m 1\n", Pushes.Text, "/metrics/job/a", HttpMethod.Put);
        Assert.Equal(HttpStatusCode.TooManyRequests, full.StatusCode);
        using var delete = await client.SendAsync("DELETE", "/metrics/job/b");

        await Poll.UntilAsync(
            async _ =>
            {
                using var response = await client.PushAsync("m 1\n", Pushes.Text, "/metrics/job/a", HttpMethod.Put);
                return response.StatusCode;
            },
            status => status == HttpStatusCode.Accepted,
            "the deleted group to make room",
            cancellationToken: Cancellation);

        static string Records(params string[] jobs) => "[" + string.Join(',', jobs.Select(job => $$$"""{"group":{"job":"{{{job}}}"},"metrics":{"m":1}}""")) + "]";
    }

    [Fact]
    public async Task A_push_of_more_ungrouped_series_than_may_be_held_is_refused()
    {
        _gateway.Settings["PUSHGATEWAY_MAX_UNGROUPED_SERIES"] = "2";
        var client = _gateway.Connect();

        using var accepted = await client.PushAsync("m{a=\"1\"} 1\nm{a=\"2\"} 1\n", Pushes.Text);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        using var refused = await client.PushAsync("m{a=\"1\"} 1\nm{a=\"2\"} 1\nm{a=\"3\"} 1\n", Pushes.Text);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Contains(RejectCode.TooManySeries, await refused.TextAsync(), StringComparison.Ordinal);
    }
}
