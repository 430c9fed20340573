using System.Text;
using Amazon.Runtime;
using Amazon.SQS;
using Amazon.SQS.Model;
using Microsoft.Extensions.Time.Testing;
using PushGateway.Aws.Sqs;
using PushGateway.Push;
using PushGateway.Queue;
using PushGateway.Testing;
using Xunit;
using SqsQueueOptions = PushGateway.Aws.Sqs.SqsQueueOptions;

namespace PushGateway.Aws.Tests.Sqs;

/// <summary>SQS that takes the connection and never answers.</summary>
public sealed class SilentSqsTests : IDisposable
{
    private readonly SilentServer _server = new();
    private readonly FakeTimeProvider _time = new();
    private readonly SqsPushQueue _queue;

    public SilentSqsTests() => _queue = new SqsPushQueue(
        new SqsQueueOptions { QueueUrl = "http://sqs.local/123456789012/pushes", DeadLetterQueueUrl = "http://sqs.local/123456789012/dead" },
        _time,
        _ => new AmazonSQSClient(
            new BasicAWSCredentials("key", "secret"), new AmazonSQSConfig { ServiceURL = _server.Url, AuthenticationRegion = "eu-west-1" }));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, Func<SqsPushQueue, CancellationToken, Task>> Operations => new()
    {
        { "enqueue one", (queue, token) => queue.EnqueueAsync([Message()], token).AsTask() },
        { "enqueue many", (queue, token) => queue.EnqueueAsync([.. Enumerable.Repeat(Message(), 100)], token).AsTask() },
        { "complete", (queue, token) => queue.CompleteAsync([Received()], token).AsTask() },
        { "abandon", (queue, token) => queue.AbandonAsync([Received()], _ => TimeSpan.Zero, token).AsTask() },
        { "dead-letter", (queue, token) => queue.DeadLetterAsync([new DeadLetter(Received(), new PushError(RejectCode.Empty, "nothing"))], token).AsTask() },
        { "check", (queue, token) => queue.CheckAsync(token).AsTask() },
        { "settings", (queue, token) => queue.GetVisibilityTimeoutAsync(token).AsTask() },
    };

    [Theory]
    [MemberData(nameof(Operations), DisableDiscoveryEnumeration = true)]
    public async Task A_call_ends_after_ten_seconds(string name, Func<SqsPushQueue, CancellationToken, Task> call)
    {
        var calling = call(_queue, Cancellation);
        using var connection = await _server.AcceptAsync(Cancellation);

        _time.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromMilliseconds(1));
        Assert.False(calling.IsCompleted, name);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        var exception = await Assert.ThrowsAsync<QueueUnavailableException>(() => calling.WaitAsync(Poll.DefaultDeadline, Cancellation));
        Assert.Equal("SQS did not answer in time for queue pushes.", exception.Message);
    }

    [Theory]
    [MemberData(nameof(Operations), DisableDiscoveryEnumeration = true)]
    public async Task The_callers_own_deadline_ends_a_call_before(string name, Func<SqsPushQueue, CancellationToken, Task> call)
    {
        using var deadline = new CancellationTokenSource();
        var calling = call(_queue, deadline.Token);
        using var connection = await _server.AcceptAsync(Cancellation);
        Assert.False(calling.IsCompleted, name);

        await deadline.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calling.WaitAsync(Poll.DefaultDeadline, Cancellation));
    }

    public void Dispose()
    {
        _queue.Dispose();
        _server.Dispose();
    }

    private static QueueMessage Message() => new(Encoding.UTF8.GetBytes("body"), new Dictionary<string, string>());

    private static ReceivedMessage Received() => new("m", Message(), 0, new SqsReceipt("h", new Dictionary<string, MessageAttributeValue>()));
}
