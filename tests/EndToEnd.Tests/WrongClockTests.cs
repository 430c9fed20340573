using System.Globalization;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests;

/// <summary>The clocks of Apis differ from each other and from SQS's: the queue's own time decides.</summary>
public sealed class WrongClockTests(SqsToTwoPrometheuses servers) : IClassFixture<SqsToTwoPrometheuses>
{
    const int Pushes = 40;
    const int Puts = 12;

    static readonly TimeSpan FarAhead = TimeSpan.FromSeconds(10);

    static readonly TimeSpan Ahead = TimeSpan.FromSeconds(4);

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static long Now => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    // Without this, the other tests would show nothing.
    [Fact]
    public async Task The_clock_of_a_process_is_ahead()
    {
        await servers.StartAsync();
        var queue = await servers.Fauxqs.Sqs.CreateQueueAsync(cancellationToken: Cancellation);
        await using var api = await GatewayProcess.StartAsync(
            servers.Fauxqs.Sqs.ProcessEnvironment.Append(new("PUSHGATEWAY_QUEUE_URL", queue.Url)).Concat(WrongClock.ProcessEnvironment(FarAhead)).ToDictionary(),
            cancellationToken: Cancellation);
        var before = DateTimeOffset.FromUnixTimeMilliseconds(Now);
        await PushAsync(api, HttpMethod.Put, "metrics/job/ahead", "ahead 1\n");
        var after = DateTimeOffset.UtcNow;

        var time = Assert.Single(await queue.ReceiveAsync(cancellationToken: Cancellation)).MessageAttributes["Push-Time"].StringValue;
        Assert.InRange(
            DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(time, CultureInfo.InvariantCulture) / 1_000_000), before + FarAhead, after + FarAhead);
    }

    [Fact]
    public async Task Pushes_of_an_Api_whose_clock_is_ahead_of_the_queues_arrive()
    {
        await using var pipeline = await servers.StartPipelineAsync(tenMinutes: true);
        var api = await pipeline.StartApiAsync(WrongClock.ProcessEnvironment(FarAhead));
        var before = Now;
        for (var i = 0; i < Pushes; i++)
            await PushAsync(api, i % 2 == 0 ? HttpMethod.Post : HttpMethod.Put, i % 2 == 0 ? "metrics" : $"metrics/job/ahead{i}", $"ahead{{n=\"{i}\"}} {i}\n");
        var after = Now;

        var arrived = await servers.TenMinutes.Api.WaitForAsync("ahead", Pushes);
        Assert.Equal(Pushes, arrived.Count);
        Assert.All(arrived, series => Assert.Equal(series["n"], Assert.Single(series.Samples).Value));

        // Two seconds are what a push may lead the queue by.
        Assert.All(arrived, series => Assert.InRange(series.Samples[0].TimestampMs, before, after + 2000));
        await AssertEmptyAsync(pipeline);
    }

    [Fact]
    public async Task Of_the_pushes_that_two_Apis_take_for_a_group_the_last_wins()
    {
        await using var pipeline = await servers.StartPipelineAsync(tenMinutes: true);
        var ahead = await pipeline.StartApiAsync(WrongClock.ProcessEnvironment(Ahead));
        for (var i = 1; i <= Puts; i++)
        {
            var api = i % 2 == 0 ? pipeline.Api : ahead;
            await PushAsync(api, HttpMethod.Put, "metrics/job/turns", $"turns {i}\n");
            await PushAsync(api, HttpMethod.Put, "metrics/job/deleted", $"deleted {i}\n");
            await UntilAsync(Now + 5);
        }

        await PushAsync(ahead, HttpMethod.Put, "metrics/job/deleted", "deleted 0\n");
        await UntilAsync(Now + 5);
        await PushAsync(pipeline.Api, HttpMethod.Delete, "metrics/job/deleted");

        await AssertEmptyAsync(pipeline);
        var page = await pipeline.Api.Client.GetStringAsync(new Uri("metrics", UriKind.Relative), Cancellation);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"\nturns{{instance=\"\",job=\"turns\"}} {Puts}\n"), page, StringComparison.Ordinal);
        Assert.DoesNotContain("job=\"deleted\"", page, StringComparison.Ordinal);
        Assert.Equal(Puts, Assert.Single(await servers.TenMinutes.QueryRangeRawAsync("turns", cancellationToken: Cancellation)).Samples.Count);

        // Neither is as late as the clock that is ahead would make it.
        Assert.Equal($"{Puts}", Assert.Single(Assert.Single(await servers.TenMinutes.QueryAsync("turns", cancellationToken: Cancellation)).Samples).Value);
        Assert.Empty(await servers.TenMinutes.QueryAsync("deleted", cancellationToken: Cancellation));
    }

    static async Task PushAsync(GatewayProcess api, HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null)
            request.Content = new StringContent(body);
        using var answer = await api.Client.SendAsync(request, Cancellation);
        Assert.Equal(202, (int)answer.StatusCode);
    }

    // The queue counts milliseconds: two pushes in one of them have no order.
    static Task UntilAsync(long milliseconds) => Poll.UntilAsync(() => Now > milliseconds, "the time of the next push", cancellationToken: Cancellation);

    static async Task AssertEmptyAsync(SqsPipeline pipeline)
    {
        await pipeline.WaitForEmptyQueueAsync();
        Assert.Equal(0, (await pipeline.DeadLetters.CountAsync(Cancellation)).Total);
    }
}
