using System.Text;
using PushGateway.LambdaEmulator;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests.Lambda;

/// <summary>Groups, as Worker on Lambda keeps them in DynamoDB.</summary>
public sealed class LambdaGroupsTests(LambdaGroups servers) : IClassFixture<LambdaGroups>
{
    const string Delete = """
        import sys
        from prometheus_client import delete_from_gateway
        delete_from_gateway(sys.argv[1], 'deleted', {'instance': 'a b/c'})
        """;

    // The example of https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-scheduled-events.html, with the account's own ids.
    const string ScheduledEvent = """
        {
          "version": "0",
          "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
          "detail-type": "Scheduled Event",
          "source": "aws.events",
          "account": "123456789012",
          "time": "2026-01-08T16:53:06Z",
          "region": "us-east-1",
          "resources": ["arn:aws:events:us-east-1:123456789012:rule/sweep"],
          "detail": {}
        }
        """;

    static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(3);

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_group_that_the_Python_client_deletes_is_gone()
    {
        await servers.StartAsync();
        var group = servers.Path.Url("metrics/job/deleted/instance@base64/YSBiL2M");
        Assert.Equal(202, (await Curl.RunAsync("--request", "PUT", group, "--data", "kept 1\nreplaced 2\n")).Status);
        await WaitForValuesAsync("{__name__=~\"kept|replaced\",instance=\"a b/c\"}", "1", "2");
        Assert.Equal(202, (await Curl.RunAsync("--request", "PUT", group, "--data", "kept 3\n")).Status);
        await WaitForValuesAsync("{__name__=~\"kept|replaced\",instance=\"a b/c\"}", "3");

        (await PythonClient.RunAsync(Delete, servers.Path.FunctionUrl.Address.AbsoluteUri)).EnsureSuccess();

        await WaitForValuesAsync("{job=\"deleted\"}");
        Assert.Equal(0, (await servers.Path.DeadLetters.CountAsync(Cancellation)).Total);
    }

    [Fact]
    public async Task A_scheduled_event_ends_a_group_whose_time_to_live_has_passed()
    {
        await servers.StartAsync();
        var push = await Curl.RunAsync(
            "--request", "PUT", servers.Path.Url("metrics/job/short"), "--header", "X-Push-TTL: 3s", "--data", "short_lived 1\n");
        Assert.Equal(202, push.Status);
        var end = DateTimeOffset.UtcNow + TimeToLive;
        await servers.Path.Prometheus.Api.WaitForAsync("short_lived", 1);
        await Poll.UntilAsync(() => DateTimeOffset.UtcNow > end, "the time to live to pass", cancellationToken: Cancellation);

        // Between invocations Worker is frozen, so that nothing has ended it yet.
        await WaitForValuesAsync("short_lived", "1");

        var result = await servers.Path.Worker.InvokeAsync(Encoding.UTF8.GetBytes(ScheduledEvent));

        Assert.Equal((InvocationOutcome.Succeeded, """{"status":"done"}"""), (result.Outcome, result.Text));
        await WaitForValuesAsync("short_lived");
    }

    // What an instant query finds now: for five minutes it finds a series that has just stopped, too.
    async Task WaitForValuesAsync(string selector, params string[] values) => await Poll.UntilAsync(
        async token => (await servers.Path.Prometheus.QueryAsync(selector, cancellationToken: token))
            .Select(series => series.Samples[0].Value).Order(StringComparer.Ordinal).ToList(),
        found => found.SequenceEqual(values),
        $"{selector} to be [{string.Join(", ", values)}]",
        Deadlines.Delivery,
        Cancellation);
}
