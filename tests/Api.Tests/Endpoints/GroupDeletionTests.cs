using System.Net;
using Microsoft.Extensions.DependencyInjection;
using PushGateway.Api.Tests.Auth;
using PushGateway.Push;
using PushGateway.Queue;
using Xunit;

namespace PushGateway.Api.Tests.Endpoints;

/// <summary>Deleting many groups: by selectors, or all.</summary>
public sealed class GroupDeletionTests : IAsyncDisposable
{
    private const string Path = "/api/v1/groups";
    private const string Wipe = "/api/v1/admin/wipe";

    private readonly RecordingGateway _gateway = new();

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Theory]
    [InlineData("?match=job=\"backup\"", "{job=\"backup\"}")]
    [InlineData("?match=%7Bjob%3D%22backup%22%2Cinstance%21%3D%22db1%22%7D", "{job=\"backup\",instance!=\"db1\"}")]
    [InlineData("?match={}", "{}")]
    [InlineData("?match=job=\"a\"&match[]=job=\"b\"&match=job=\"a+b%2Bc\"", "{job=\"a\"}", "{job=\"a b+c\"}", "{job=\"b\"}")]
    public async Task Each_selector_is_a_deletion_and_all_have_one_time(string query, params string[] selectors)
    {
        using var response = await _gateway.Connect().SendAsync("DELETE", Path + query);

        Assert.True(response.StatusCode == HttpStatusCode.Accepted, await response.TextAsync());
        Assert.Empty(await response.TextAsync());
        var deletions = _gateway.Queue.Headers();
        Assert.Equal(selectors, deletions.Select(deletion => deletion.Selector?.Text));
        Assert.All(deletions, deletion => Assert.Equal((PushOperation.Delete, null), (deletion.Operation, deletion.Group)));
        Assert.Single(deletions.Select(deletion => deletion.PushTimeNs).Distinct());
    }

    [Theory]
    [InlineData("", "the parameter match is missing; match={} selects every group")]
    [InlineData("?matches={}", "the parameter match is missing; match={} selects every group")]
    [InlineData("?match", "the selector cannot be read: it is empty; {} selects every group")]
    [InlineData("?match=", "the selector cannot be read: it is empty; {} selects every group")]
    [InlineData(
        "?match=job=~\"b.*\"&match={}&match[]=9",
        "the selector cannot be read: label \"job\" is compared by = or !=",
        "the selector cannot be read: \"9\" is not the name of a label")]
    public async Task Nothing_is_deleted_when_a_selector_cannot_be_read(string query, params string[] details)
    {
        using var response = await _gateway.Connect().SendAsync("DELETE", Path + query);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await Problem.ReadAsync(response);
        Assert.Equal(details.Select(detail => ("selector-invalid", detail)), problem.Errors.Select(error => (error.Code, error.Detail)));
        Assert.Empty(_gateway.Queue.Calls);
    }

    [Fact]
    public async Task A_pinned_credential_deletes_only_what_has_its_labels_and_wipes_nothing()
    {
        _gateway.Settings["PUSHGATEWAY_ENABLE_ADMIN_API"] = "true";
        _gateway.Settings["PUSHGATEWAY_CREDENTIALS"] = TestCredentials.Line("a", "secret-a", "tenant=a");
        using var pinned = _gateway.ConnectAs(TestCredentials.Basic("a", "secret-a"));

        using var wiped = await pinned.SendAsync("PUT", Wipe);
        Assert.Equal(HttpStatusCode.Forbidden, wiped.StatusCode);
        Assert.Empty(_gateway.Queue.Calls);

        using var deleted = await pinned.SendAsync("DELETE", Path + "?match={}&match=tenant=\"b\"");
        Assert.Equal(HttpStatusCode.Accepted, deleted.StatusCode);
        Assert.Equal(["{tenant=\"a\"}", "{tenant=\"b\",tenant=\"a\"}"], _gateway.Queue.Headers().Select(deletion => deletion.Selector?.Text));
    }

    [Fact]
    public async Task Without_a_credential_where_one_is_asked_for_nothing_is_deleted()
    {
        _gateway.Settings["PUSHGATEWAY_ENABLE_ADMIN_API"] = "true";
        _gateway.Settings["PUSHGATEWAY_CREDENTIALS"] = TestCredentials.Line("admin", "secret");
        using var client = _gateway.Connect();

        using var deleted = await client.SendAsync("DELETE", Path + "?match={}");
        using var wiped = await client.SendAsync("PUT", Wipe);
        Assert.Equal("unauthorized", (await Problem.ReadAsync(deleted)).Code);
        Assert.Equal((HttpStatusCode.Unauthorized, "text/plain"), (wiped.StatusCode, wiped.Content.Headers.ContentType?.MediaType));
        Assert.Empty(_gateway.Queue.Calls);
    }

    [Fact]
    public async Task A_wipe_deletes_every_group()
    {
        _gateway.Settings["PUSHGATEWAY_ENABLE_ADMIN_API"] = "true";
        using var response = await _gateway.Connect().SendAsync("PUT", Wipe);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Empty(await response.TextAsync());
        Assert.Equal("{}", Assert.Single(_gateway.Queue.Headers()).Selector?.Text);
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("GET")]
    public async Task A_wipe_that_is_not_enabled_is_not_there(string method)
    {
        using var response = await _gateway.Connect().SendAsync(method, Wipe);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Empty(_gateway.Queue.Calls);
    }

    [Fact]
    public async Task What_cannot_be_stored_is_answered_503_with_Retry_After()
    {
        await using var gateway = new GatewayFactory { ReplaceServices = services => services.AddSingleton<IPushQueue, UnavailableQueue>() };
        gateway.Settings["PUSHGATEWAY_ENABLE_ADMIN_API"] = "true";
        using var deleted = await gateway.Connect().SendAsync("DELETE", Path + "?match={}");
        using var wiped = await gateway.Connect().SendAsync("PUT", Wipe);

        Assert.Equal("queue-unavailable", (await Problem.ReadAsync(deleted)).Code);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "1"), (deleted.StatusCode, deleted.Headers.RetryAfter?.ToString()));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "1"), (wiped.StatusCode, wiped.Headers.RetryAfter?.ToString()));
    }
}
