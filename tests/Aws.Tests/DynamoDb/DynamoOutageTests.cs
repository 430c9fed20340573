using System.Net;
using Amazon.DynamoDBv2;
using Amazon.Runtime;
using PushGateway.Core.Tests.Groups;
using PushGateway.Groups;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Testing;
using Xunit;
using Sample = PushGateway.Model.Sample;

namespace PushGateway.Aws.Tests.DynamoDb;

/// <summary>DynamoDB that is gone, or does not want to.</summary>
public sealed class DynamoOutageTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_it_is_gone_everything_fails_with_a_sentence_and_is_not_tried_group_by_group()
    {
        await using var dynalite = await Dynalite.StartAsync(Cancellation);
        using var table = await TestTable.CreateAsync(dynalite.ServiceUrl, Cancellation);
        await table.ApplyAsync(Push("job/a", 1));
        var delete = Push("job/a", 2) with { Operation = PushOperation.Delete };
        var ended = (await table.ApplyAsync(delete)).Stale;
        await dynalite.KillAsync();

        var effects = await table.ApplyAsync([.. Enumerable.Range(0, 100).Select(i => Push($"job/j{i}", 1))]);

        Assert.Equal(Enumerable.Range(0, 100), effects.Failed.Select(failed => failed.Push).Order());
        var sentence = $"DynamoDB cannot be reached for table {table.Name}: ";
        Assert.All(effects.Failed, failed => Assert.StartsWith(sentence, failed.Reason, StringComparison.Ordinal));

        // Those that had been begun, and no more.
        Assert.InRange(table.Client.Calls.Count(call => call == "get"), 2, 20);
        foreach (var call in (Func<Task>[])
            [
                () => table.Store.ConfirmAsync(ended, Cancellation).AsTask(),
                table.ExpiredAsync,
                table.ReadAsync,
            ])
        {
            var exception = await Assert.ThrowsAsync<GroupStoreUnavailableException>(call);
            Assert.StartsWith(sentence, exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Of_a_batch_that_throttling_ends_what_was_written_stays_and_the_rest_can_be_applied_again()
    {
        await using var dynalite = await Dynalite.StartAsync(Cancellation);
        using var table = await TestTable.CreateAsync(dynalite.ServiceUrl, Cancellation);
        var pushes = Enumerable.Range(0, 40).Select(i => Push($"job/j{i:00}", 1)).ToArray();
        var puts = 0;
        table.Client.BeforePut = _ =>
        {
            if (Interlocked.Increment(ref puts) > 20)
            {
                throw new AmazonDynamoDBException("slow down", ErrorType.Sender, "ThrottlingException", "r", HttpStatusCode.BadRequest);
            }
        };

        var effects = await table.ApplyAsync(pushes);

        var failed = effects.Failed.Select(one => pushes[one.Push].Group!).ToHashSet();
        Assert.Equal(20, failed.Count);
        Assert.All(
            effects.Failed,
            one => Assert.Equal($"DynamoDB throttles table {table.Name} (ThrottlingException): slow down", one.Reason));
        Assert.Equal(pushes.Select(push => push.Group).Where(path => !failed.Contains(path!)), (await table.ReadAsync()).Groups.Select(group => group.Key.Path));

        table.Client.BeforePut = _ => { };
        Assert.Empty((await table.ApplyAsync(pushes)).Failed);
        Assert.Equal(40, (await table.ReadAsync()).Groups.Count);
    }

    [Theory]
    [InlineData("ValidationException")]
    [InlineData("ItemCollectionSizeLimitExceededException")]
    [InlineData(null)]
    public async Task What_fails_for_one_group_fails_that_group_alone(string? code)
    {
        await using var dynalite = await Dynalite.StartAsync(Cancellation);
        using var table = await TestTable.CreateAsync(dynalite.ServiceUrl, Cancellation);
        var pushes = Enumerable.Range(0, 40).Select(i => Push($"job/j{i:00}", 1)).ToArray();
        table.Client.BeforePut = path =>
        {
            if (path == "job/j00")
            {
                throw code is null
                    ? new NotSupportedException("unforeseen")
                    : new AmazonDynamoDBException("because", ErrorType.Sender, code, "r", HttpStatusCode.BadRequest);
            }
        };

        var effects = await table.ApplyAsync(pushes);

        var failed = Assert.Single(effects.Failed);
        Assert.Equal(0, failed.Push);
        Assert.StartsWith($"DynamoDB failed for table {table.Name} ({code ?? nameof(NotSupportedException)}): ", failed.Reason, StringComparison.Ordinal);
        Assert.Equal(39, (await table.ReadAsync()).Groups.Count);
    }

    [Fact]
    public async Task Cancelling_is_not_a_failure()
    {
        await using var dynalite = await Dynalite.StartAsync(Cancellation);
        using var table = await TestTable.CreateAsync(dynalite.ServiceUrl, Cancellation);
        using var cancelled = new CancellationTokenSource();
        table.Client.AfterGet = _ => cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => table.Store.ApplyAsync([Push("job/a", 1).ToGroupPush()], new GroupEffects(), cancelled.Token).AsTask());
    }

    private static TestPush Push(string group, long timeNs) =>
        new(PushOperation.Merge, group, timeNs, [new TestSeries("a", MetricType.Gauge, "help", "a", "x", [new Sample(1000, 1)])]);
}
