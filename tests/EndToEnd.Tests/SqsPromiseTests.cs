using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests;

/// <summary>
/// What was taken from SQS ends in Prometheus or in the dead-letter queue with a reason that is true of that message, whatever others send and
/// however Worker dies.
/// </summary>
public sealed class SqsPromiseTests(SqsToTwoPrometheuses servers) : IClassFixture<SqsToTwoPrometheuses>
{
    const int Messages = 400;
    const int Groups = 5000;
    const int Selectors = 100;
    const int Others = 200;
    const int RepeatedSeries = 8;
    const int Kills = 4;

    static readonly TimeSpan BetweenKills = TimeSpan.FromSeconds(3);

    static readonly TimeSpan CopiesFor = TimeSpan.FromSeconds(12);

    /// <summary>A message of a worker that was killed comes back soon.</summary>
    static readonly TimeSpan VisibilityTimeout = TimeSpan.FromSeconds(5);

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static long Now => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Bad_messages_are_dead_lettered_alone(bool tenMinutes)
    {
        await using var pipeline = await servers.StartPipelineAsync(tenMinutes);

        // The time from which Prometheus counts is the newest sample that it has.
        await pipeline.Queue.SendAsync("{\"dimensions\":{\"n\":\"0\"},\"metrics\":{\"neighbour_first\":1}}", cancellationToken: Cancellation);
        await servers.Target(tenMinutes).Api.WaitForAsync("neighbour_first", 1);
        await pipeline.Worker.KillAsync();
        var old = Now - (long)TimeSpan.FromHours(5).TotalMilliseconds;
        await pipeline.Queue.SendAllAsync(
            Enumerable.Range(0, Messages).SelectMany(i => new[]
            {
                string.Create(CultureInfo.InvariantCulture, $"{{\"dimensions\":{{\"n\":\"{i}\"}},\"metrics\":{{\"neighbour_good\":{i}}}}}"),
                string.Create(CultureInfo.InvariantCulture, $"{{\"dimensions\":{{\"n\":\"{i}\"}},\"metrics\":{{\"neighbour_bad\":{i}}},\"timestamp\":{old + i}}}"),
            }),
            cancellationToken: Cancellation);
        await pipeline.Worker.StartAgainAsync(Cancellation);

        await pipeline.WaitForEmptyQueueAsync();
        var good = await servers.Target(tenMinutes).QueryRangeRawAsync("neighbour_good", cancellationToken: Cancellation);
        Assert.Equal(Messages, good.Count);
        var letters = await pipeline.DeadLetters.DrainAsync(Cancellation);
        Assert.Equal(Messages, letters.Count);
        Assert.All(letters, letter =>
        {
            Assert.Contains("neighbour_bad", letter.Body, StringComparison.Ordinal);
            Assert.StartsWith("sink-rejected: ", letter.MessageAttributes["Dead-Letter-Reason"].StringValue, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_deletion_by_many_selectors_holds_up_no_other_push(bool tenMinutes)
    {
        await using var pipeline = await servers.StartPipelineAsync(tenMinutes);
        var records = Enumerable.Range(0, Groups).Select(i => string.Create(
            CultureInfo.InvariantCulture, $"{{\"group\":{{\"job\":\"selected\",\"instance\":\"{i}\"}},\"metrics\":{{\"selected\":{i}}}}}"));
        Assert.True(await PushAsync(pipeline.Api.Client, "api/v1/groups", $"[{string.Join(',', records)}]"));
        await pipeline.WaitForEmptyQueueAsync();

        var query = string.Join('&', Enumerable.Range(0, Selectors).Select(i => "match=" + Uri.EscapeDataString($"{{job=\"selected\",instance=\"{i}\"}}")));
        using var deleted = await pipeline.Api.Client.DeleteAsync(new Uri("api/v1/groups?" + query, UriKind.Relative), Cancellation);
        Assert.Equal(202, (int)deleted.StatusCode);
        for (var i = 0; i < Others; i++)
            Assert.True(await PushAsync(pipeline.Api.Client, "metrics", $"{{\"dimensions\":{{\"n\":\"{i}\"}},\"metrics\":{{\"beside_selectors\":{i}}}}}"));

        Assert.Equal(Others, (await servers.Target(tenMinutes).Api.WaitForAsync("beside_selectors", Others)).Count);
        await pipeline.WaitForEmptyQueueAsync();
        Assert.Equal($"{Groups - Selectors}", await ValueOfAsync(tenMinutes, "count(selected)"));
        Assert.Equal(0, (await pipeline.DeadLetters.CountAsync(Cancellation)).Total);
    }

    // Without a window, this and the next one do not hold: docs/queue.md says why.
    [Fact]
    public async Task Copies_of_messages_lose_nothing_and_leave_no_letter()
    {
        await using var pipeline = await servers.StartPipelineAsync(tenMinutes: true);
        await pipeline.StartWorkerAsync();
        var random = new Random(7);
        var copies = new PriorityQueue<string, long>();
        var sent = 0;
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < CopiesFor || copies.Count > 0)
        {
            if (clock.Elapsed < CopiesFor)
            {
                var body = Repeated("copied", ++sent, Now);
                await pipeline.Queue.SendAsync(body, cancellationToken: Cancellation);
                copies.Enqueue(body, Now + random.Next(8000));
            }

            while (copies.TryPeek(out var copy, out var due) && due <= Now)
            {
                copies.Dequeue();
                await pipeline.Queue.SendAsync(copy, cancellationToken: Cancellation);
            }

            var next = Now + 30;
            await Poll.UntilAsync(() => Now >= next, "the time of the next message", cancellationToken: Cancellation);
        }

        await CheckRepeatedAsync(pipeline, "copied", [.. Enumerable.Range(1, sent)]);
    }

    [Fact]
    public async Task Kills_of_two_workers_lose_nothing_of_series_that_are_pushed_again_and_again()
    {
        await using var pipeline = await servers.StartPipelineAsync(tenMinutes: true, VisibilityTimeout);
        WorkerProcess[] workers = [pipeline.Worker, await pipeline.StartWorkerAsync()];
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var accepted = new ConcurrentQueue<int>();
        var pushing = PushRepeatedAsync(pipeline.Api.Client, accepted, end.Token);
        for (var kill = 0; kill < Kills; kill++)
        {
            var next = Now + (long)BetweenKills.TotalMilliseconds;
            await Poll.UntilAsync(() => Now >= next, "the time of the next kill", Deadlines.Delivery, Cancellation);
            await Task.WhenAll(workers.Select(worker => worker.KillAsync()));
            await Task.WhenAll(workers.Select(worker => worker.StartAgainAsync(Cancellation)));
        }

        await end.CancelAsync();
        await pushing;

        await CheckRepeatedAsync(pipeline, "killed", [.. accepted]);
    }

    static string Repeated(string metric, int number, long? time)
    {
        var stamp = time is { } milliseconds ? string.Create(CultureInfo.InvariantCulture, $",\"timestamp\":{milliseconds}") : "";
        return "[" + string.Join(',', Enumerable.Range(0, RepeatedSeries).Select(
            i => $"{{\"dimensions\":{{\"i\":\"{i}\"}},\"metrics\":{{\"{metric}\":{number}}}{stamp}}}")) + "]";
    }

    // One client, which waits for each answer. Two of its pushes never have the same millisecond.
    static async Task PushRepeatedAsync(HttpClient api, ConcurrentQueue<int> accepted, CancellationToken end)
    {
        for (var number = 1; !end.IsCancellationRequested; number++)
        {
            if (await PushAsync(api, "metrics", Repeated("killed", number, null)))
                accepted.Enqueue(number);
            var next = Now + 15;
            await Poll.UntilAsync(() => Now >= next, "the time of the next push", Deadlines.Delivery, Cancellation);
        }
    }

    static async Task<bool> PushAsync(HttpClient api, string path, string json)
    {
        using var content = new StringContent(json, new MediaTypeHeaderValue("application/json"));
        using var answer = await api.PostAsync(new Uri(path, UriKind.Relative), content, Cancellation);
        return (int)answer.StatusCode == 202;
    }

    async Task CheckRepeatedAsync(SqsPipeline pipeline, string metric, List<int> numbers)
    {
        await pipeline.WaitForEmptyQueueAsync();
        var letters = await pipeline.DeadLetters.DrainAsync(Cancellation);
        var stored = await servers.Target(tenMinutes: true).QueryRangeRawAsync(metric, cancellationToken: Cancellation);
        var missing = stored.Sum(series => numbers.Except(series.Samples.Select(sample => int.Parse(sample.Value, CultureInfo.InvariantCulture))).Count());
        var doubled = stored.Sum(series => series.Samples.Count - series.Samples.Select(sample => sample.Value).Distinct().Count());
        Assert.Equal(RepeatedSeries, stored.Count);
        Assert.Equal((0, 0, 0), (missing, doubled, letters.Count));
    }

    async Task<string> ValueOfAsync(bool tenMinutes, string expression) =>
        Assert.Single(Assert.Single(await servers.Target(tenMinutes).QueryAsync(expression, cancellationToken: Cancellation)).Samples).Value;
}
