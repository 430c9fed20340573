using System.Diagnostics;
using System.Globalization;
using Amazon.SQS;
using Amazon.SQS.Model;
using PushGateway.Testing;

namespace PushGateway.LambdaEmulator;

/// <summary>
/// An event source mapping. Its pollers collect messages of a queue into batches, invoke a function with each batch, and delete the
/// messages that the function has processed. The others come back after the queue's visibility timeout, or after the one that the function
/// has given them itself.
/// </summary>
public sealed class SqsEventSource : IAsyncDisposable
{
    /// <summary>Most messages that SQS returns or deletes per request.</summary>
    const int MaxPerRequest = 10;

    /// <summary>Longest time in seconds that SQS holds a receive request.</summary>
    const int MaxWaitSeconds = 20;

    readonly CancellationTokenSource _stop = new();
    readonly LambdaFunction _function;
    readonly SqsQueue _queue;
    readonly AmazonSQSClient _client;
    readonly SqsEventSourceOptions _options;
    readonly TimeSpan _visibilityTimeout;
    readonly Task _polling;
    int _batches;
    int _failedBatches;

    SqsEventSource(
        LambdaFunction function, SqsQueue queue, AmazonSQSClient client, SqsEventSourceOptions options, TimeSpan visibilityTimeout)
    {
        _function = function;
        _queue = queue;
        _client = client;
        _options = options;
        _visibilityTimeout = visibilityTimeout;
        _polling = Task.WhenAll(Enumerable.Range(0, options.MaximumConcurrency).Select(_ => Task.Run(PollAsync)));
    }

    /// <summary>Number of batches with which the function was invoked.</summary>
    public int Batches => Volatile.Read(ref _batches);

    /// <summary>Number of batches that failed as a whole.</summary>
    public int FailedBatches => Volatile.Read(ref _failedBatches);

    /// <summary>Starts polling.</summary>
    /// <param name="function">The function to invoke.</param>
    /// <param name="sqs">The endpoint of the queue.</param>
    /// <param name="queue">
    /// The queue. Its visibility timeout should be six times the function's timeout, and must not be shorter than that timeout.
    /// </param>
    /// <param name="options">The mapping.</param>
    /// <exception cref="ArgumentException">AWS would refuse the mapping.</exception>
    public static async Task<SqsEventSource> StartAsync(
        LambdaFunction function, SqsEndpoint sqs, SqsQueue queue, SqsEventSourceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(sqs);
        ArgumentNullException.ThrowIfNull(queue);
        options ??= new();
        options.Check();
        var client = sqs.CreateClient();
        try
        {
            var described = await client.GetQueueAttributesAsync(queue.Url, [QueueAttributeName.VisibilityTimeout]);
            var seconds = int.Parse(described.Attributes[QueueAttributeName.VisibilityTimeout], CultureInfo.InvariantCulture);
            if (seconds < function.Options.Timeout.TotalSeconds)
                throw new ArgumentException($"Queue visibility timeout: {seconds} seconds is less than Function timeout.", nameof(queue));
            return new SqsEventSource(function, queue, client, options, TimeSpan.FromSeconds(seconds));
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Stops polling. Messages that were received but not passed to the function come back to the queue later. Running invocations are
    /// awaited.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _polling;
        _client.Dispose();
        _stop.Dispose();
    }

    async Task PollAsync()
    {
        // Messages that did not fit into the last batch.
        var left = new Queue<Message>();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var batch = await GatherAsync(left);
                if (batch.Messages.Count > 0)
                    await HandleAsync(batch);
            }
            catch (Exception exception) when (exception is OperationCanceledException or AmazonSQSException or HttpRequestException)
            {
                // Polling has stopped, or the queue does not answer for now. As AWS's pollers do, the loop asks SQS again.
            }
        }
    }

    async Task<SqsEvent> GatherAsync(Queue<Message> left)
    {
        var batch = new SqsEvent(_queue.Arn);
        var clock = new Stopwatch();
        while (batch.Messages.Count < _options.BatchSize)
        {
            if (left.Count == 0)
            {
                var wait = clock.IsRunning ? _options.BatchingWindow - clock.Elapsed : TimeSpan.FromSeconds(MaxWaitSeconds);
                if (wait <= TimeSpan.Zero)
                    break;
                foreach (var message in await ReceiveAsync(wait, _options.BatchSize - batch.Messages.Count))
                    left.Enqueue(message);
                if (left.Count == 0)
                    continue;
            }

            if (!clock.IsRunning)
                clock.Start();
            if (!batch.TryAdd(left.Peek()))
                break;
            left.Dequeue();
        }

        return batch;
    }

    async Task<IReadOnlyList<Message>> ReceiveAsync(TimeSpan wait, int count)
    {
        var request = new ReceiveMessageRequest(_queue.Url)
        {
            MaxNumberOfMessages = Math.Min(MaxPerRequest, count),
            WaitTimeSeconds = Math.Min(MaxWaitSeconds, (int)Math.Ceiling(wait.TotalSeconds)),
            MessageAttributeNames = ["All"],
            MessageSystemAttributeNames = ["All"],
        };
        return (await _client.ReceiveMessageAsync(request, _stop.Token)).Messages ?? [];
    }

    async Task HandleAsync(SqsEvent batch)
    {
        Interlocked.Increment(ref _batches);
        var ids = batch.Messages.Select(message => message.MessageId).ToHashSet();
        if (Failures(await InvokeAsync(batch.Encode()), ids) is { } failed)
            await DeleteAsync(batch.Messages.Where(message => !failed.Contains(message.MessageId)));
        else
            Interlocked.Increment(ref _failedBatches);
    }

    // A throttled batch is tried again for as long as its messages are hidden from others.
    async Task<InvocationResult> InvokeAsync(byte[] payload)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var result = await _function.InvokeAsync(payload);
            var left = _visibilityTimeout - clock.Elapsed;
            if (result.Outcome != InvocationOutcome.Throttled || left <= TimeSpan.Zero)
                return result;
            try
            {
                await Poll.UntilAsync(() => _function.HasCapacity, "the function to have capacity", left, _stop.Token);
            }
            catch (TimeoutException)
            {
                return result;
            }
        }
    }

    IReadOnlySet<string>? Failures(InvocationResult result, IReadOnlySet<string> ids)
    {
        if (result.Outcome != InvocationOutcome.Succeeded)
            return null;
        return _options.ReportBatchItemFailures ? PartialBatch.Failures(result.Payload, ids) : new HashSet<string>();
    }

    // The messages of a finished invocation are deleted even during a stop, so the token is not used.
    async Task DeleteAsync(IEnumerable<Message> messages)
    {
        foreach (var chunk in messages.Chunk(MaxPerRequest))
        {
            var entries = chunk.Select((message, index) =>
                new DeleteMessageBatchRequestEntry(index.ToString(CultureInfo.InvariantCulture), message.ReceiptHandle));
            await _client.DeleteMessageBatchAsync(_queue.Url, [.. entries], CancellationToken.None);
        }
    }
}
