using System.Diagnostics;
using System.Text.Json;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests;

/// <summary>SQS takes connections and requests, and answers nothing.</summary>
public sealed class SilentSqsTests
{
    /// <summary>More than Api gives a call to SQS, and less than a client waits.</summary>
    static readonly TimeSpan InTime = TimeSpan.FromSeconds(60);

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_push_is_answered_503_in_time_and_202_once_SQS_answers_again()
    {
        await using var fauxqs = await Fauxqs.StartAsync(Cancellation);
        var queue = await fauxqs.Sqs.CreateQueueAsync(cancellationToken: Cancellation);
        await using var api = await GatewayProcess.StartAsync(
            new Dictionary<string, string>(fauxqs.Sqs.ProcessEnvironment) { ["PUSHGATEWAY_QUEUE_URL"] = queue.Url }, cancellationToken: Cancellation);
        Assert.Equal(202, (await PushAsync(api)).Status);

        // The kernel goes on to take connections for the process that is stopped.
        fauxqs.Process.Freeze();
        var clock = Stopwatch.StartNew();
        var (status, retryAfter, body) = await PushAsync(api);

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, InTime);
        Assert.Equal((503, TimeSpan.FromSeconds(1)), (status, retryAfter));
        Assert.Equal("queue-unavailable", JsonDocument.Parse(body).RootElement.GetProperty("code").GetString());

        fauxqs.Process.Thaw();
        await Poll.UntilAsync(async _ => (await PushAsync(api)).Status == 202, "a push to be taken", cancellationToken: Cancellation);
    }

    static async Task<(int Status, TimeSpan? RetryAfter, string Body)> PushAsync(GatewayProcess api)
    {
        using var content = new StringContent("silent 1\n");
        using var answer = await api.Client.PostAsync(new Uri("metrics", UriKind.Relative), content, Cancellation);
        return ((int)answer.StatusCode, answer.Headers.RetryAfter?.Delta, await answer.Content.ReadAsStringAsync(Cancellation));
    }
}
