using Amazon.SQS;
using Amazon.SQS.Model;
using PushGateway.Delivery;
using PushGateway.Queue;

namespace PushGateway.Aws.Sqs;

/// <summary>
/// An Amazon SQS queue, standard or FIFO. The SDK's client is created on first use, from the SDK's own configuration. The SDK retries whole
/// calls that fail; this class retries failed entries of batch calls. Both do so a bounded number of times, and within <see cref="CallTimeout"/>.
/// Every operation throws <see cref="QueueUnavailableException"/> when SQS, the network or the credentials fail.
/// </summary>
/// <remarks>
/// Permissions: <c>sqs:SendMessage</c> to enqueue; <c>sqs:ReceiveMessage</c>, <c>sqs:DeleteMessage</c> and
/// <c>sqs:ChangeMessageVisibility</c> to consume; <c>sqs:SendMessage</c> on the dead-letter queue; <c>sqs:GetQueueAttributes</c> for
/// <see cref="CheckAsync"/>, and for every option that defaults to the queue's own setting.
/// On a FIFO queue the pushes to one group are handed out in order, one after the other. Pushes without a group are not ordered.
/// </remarks>
public sealed class SqsPushQueue : IPolledPushQueue, IDisposable
{
    /// <summary>SQS bills a message by chunks of 64 KiB (Amazon SQS pricing).</summary>
    private const int ChunkBytes = 64 * 1024;

    /// <summary>
    /// Longest time of the calls of an operation, their repetitions included. SQS answers within milliseconds, and a sender that waits is to
    /// hear in time that its push is not stored. A receive is no such operation: it waits for messages.
    /// </summary>
    internal static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// SQS hides a message for at most 12 hours after its receive. One of these hours may have passed while it was worked on.
    /// </summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(11);

    private readonly SqsQueueUrl _queue;
    private readonly SqsQueueOptions _options;
    private readonly TimeProvider _time;
    private readonly Lazy<IAmazonSQS> _client;
    private readonly BatchRunner _runner;
    private readonly SqsSender _sender;
    private readonly SqsReceiver _receiver;
    private readonly DeliveryObserver _observer;
    private SqsSender? _deadLetterSender;
    private SqsQueueSettings? _settings;
    private Checked? _checked;

    /// <summary>Creates the queue; nothing is called yet.</summary>
    /// <param name="options">Options.</param>
    /// <param name="time">The clock.</param>
    /// <param name="observer">Is told of dead letters that had to be cut.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public SqsPushQueue(SqsQueueOptions options, TimeProvider time, DeliveryObserver? observer = null)
        : this(options, time, SqsClient.Create, observer)
    {
    }

    internal SqsPushQueue(
        SqsQueueOptions options, TimeProvider time, Func<SqsQueueUrl, IAmazonSQS> createClient, DeliveryObserver? observer = null)
    {
        options.Validate();
        _queue = new SqsQueueUrl(options.QueueUrl);
        _options = options;
        _time = time;
        _observer = observer ?? new DeliveryObserver();
        _client = new Lazy<IAmazonSQS>(() => createClient(_queue));
        _runner = new BatchRunner(time);
        _sender = new SqsSender(_queue, options.MaxMessageBytes, _runner);
        _receiver = new SqsReceiver(_queue, options, time);
        _deadLetterSender = options.DeadLetterQueueUrl is { } url ? DeadLetterSender(new SqsQueueUrl(url)) : null;
        Capacity = new MessageCapacity(options.MaxMessageBytes, TextOnly: true, ChunkBytes);
    }

    /// <inheritdoc/>
    public MessageCapacity Capacity { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">
    /// SQS never takes one of the messages: it is too large, empty, not legal text, or has more than ten attributes.
    /// </exception>
    public async ValueTask EnqueueAsync(IReadOnlyList<QueueMessage> messages, CancellationToken cancellationToken)
    {
        if (messages.Count == 0)
        {
            return;
        }

        var outgoing = messages.Select(message => OutgoingMessage.From(message, _options.MaxMessageBytes)).ToList();
        var failures = await CallAsync((client, token) => _sender.SendAsync(client, outgoing, token), cancellationToken);
        ThrowIfAny(failures, outgoing.Count, _queue);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Waits for the first messages by a long poll. When more than ten are asked for, further receives follow without waiting, until there
    /// are enough messages, an answer is empty, or the gathering time has passed. A failure of a further receive ends the gathering, and
    /// the messages so far are returned.
    /// Cancelling prevents further calls. A call that was already sent is waited for, up to <see cref="SqsQueueOptions.WaitTime"/>, and its
    /// messages are returned, because SQS hides them from everyone else.
    /// </remarks>
    public async ValueTask<IReadOnlyList<ReceivedMessage>> ReceiveAsync(int maxMessages, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxMessages, 1);
        return await WrapAsync(client => _receiver.ReceiveAsync(client, maxMessages, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask CompleteAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken) =>
        ThrowIfAny(await DeleteAsync(messages, cancellationToken), messages.Count, _queue);

    /// <inheritdoc/>
    /// <remarks>
    /// The delay is rounded up to whole seconds, at most 11 hours. A message whose receipt is no longer valid is skipped.
    /// </remarks>
    public async ValueTask AbandonAsync(
        IReadOnlyList<ReceivedMessage> messages, Func<ReceivedMessage, TimeSpan> delay, CancellationToken cancellationToken) =>
        await HideAsync(messages, message => delay(message) is var asked && asked < LongestDelay ? asked : LongestDelay, cancellationToken);

    /// <inheritdoc/>
    /// <remarks>
    /// Hides the messages for <see cref="GetVisibilityTimeoutAsync"/> from now on, within the 12 hours after the receive that SQS allows. A
    /// message whose receipt is no longer valid is skipped.
    /// </remarks>
    public async ValueTask RenewAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken)
    {
        var timeout = await GetVisibilityTimeoutAsync(cancellationToken);
        await HideAsync(messages, _ => timeout, cancellationToken);
    }

    /// <summary>How long received messages stay hidden when they are not renewed. The queue's own setting is read once.</summary>
    /// <exception cref="QueueUnavailableException">The queue's setting cannot be read now.</exception>
    public async ValueTask<TimeSpan> GetVisibilityTimeoutAsync(CancellationToken cancellationToken) =>
        _options.VisibilityTimeout ?? (_settings ??= await ReadSettingsAsync(cancellationToken)).VisibilityTimeout;

    /// <inheritdoc/>
    /// <remarks>
    /// A letter is the original message with all its attributes. <see cref="MessageAttribute.DeadLetterReason"/> is added, and
    /// <see cref="MessageAttribute.Time"/> when it is missing and there is room. A reason that does not fit is cut. When the message
    /// already has ten attributes, one that the gateway does not know makes way for the reason. A message that is as large as the size
    /// limit gets no reason. A message that the dead-letter queue does not take, because its own limit is lower, is cut, and the reason says
    /// so.
    /// </remarks>
    /// <exception cref="InvalidOperationException">There is no dead-letter queue. The messages stay in the queue.</exception>
    public async ValueTask DeadLetterAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken)
    {
        if (letters.Count == 0)
        {
            return;
        }

        var (safe, failure) = await CopyToDeadLetterQueueAsync(letters, cancellationToken);
        var undeleted = await DeleteAsync([.. safe.Select(letter => letter.Message)], cancellationToken);
        if (failure is not null)
        {
            throw failure;
        }

        ThrowIfAny(undeleted, safe.Count, _queue);
    }

    /// <summary>
    /// Sends letters to the dead-letter queue but does not delete their messages, because on Lambda the event source deletes them.
    /// Returns the letters that are safe there, and why the others are not.
    /// </summary>
    /// <exception cref="QueueUnavailableException">No letter could be sent.</exception>
    /// <exception cref="InvalidOperationException">There is no dead-letter queue.</exception>
    internal async ValueTask<(IReadOnlyList<DeadLetter> Safe, QueueUnavailableException? Failure)> CopyToDeadLetterQueueAsync(
        IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken)
    {
        var sender = await GetDeadLetterSenderAsync(cancellationToken);
        var outgoing = letters.Select(letter => DeadLetterMessage.From(letter, ReceiptOf(letter.Message), _options.MaxMessageBytes)).ToList();
        var unsent = await CallAsync((client, token) => sender.SendAsync(client, outgoing, token), cancellationToken);
        var lost = new Dictionary<OutgoingMessage, BatchFailure<OutgoingMessage>>();
        foreach (var failure in unsent)
        {
            var letter = letters[outgoing.IndexOf(failure.Item)];
            if (!SqsFailure.IsTooLong(failure))
            {
                lost.Add(failure.Item, failure);
            }
            else if (await TrySendCutAsync(sender, letter, failure.Item, cancellationToken) is { } last)
            {
                lost.Add(failure.Item, last);
            }
        }

        return (
            [.. letters.Where((_, index) => !lost.ContainsKey(outgoing[index]))],
            lost.Count > 0 ? SqsFailure.Wrap([.. lost.Values], letters.Count, sender.Queue) : null);
    }

    // Whatever ends this, the letters that are safe already are not to be sent again.
    private async ValueTask<BatchFailure<OutgoingMessage>?> TrySendCutAsync(
        SqsSender sender, DeadLetter letter, OutgoingMessage whole, CancellationToken cancellationToken)
    {
        try
        {
            return await SendCutAsync(sender, letter, whole, cancellationToken);
        }
        catch (Exception exception) when (exception is QueueUnavailableException or OperationCanceledException)
        {
            return new BatchFailure<OutgoingMessage>(whole, null, exception.InnerException ?? exception);
        }
    }

    // Sends the letter alone, because another one of the same call may have been too long, and then ever less of it. Nobody tells the limit
    // of the dead-letter queue: the permission to read it is not needed otherwise. Null once the letter is safe.
    private async ValueTask<BatchFailure<OutgoingMessage>?> SendCutAsync(
        SqsSender sender, DeadLetter letter, OutgoingMessage whole, CancellationToken cancellationToken)
    {
        var message = whole;
        while (true)
        {
            var sent = message;
            var unsent = await CallAsync((client, token) => sender.SendAsync(client, [sent], token), cancellationToken);
            if (unsent is [var failure])
            {
                if (!SqsFailure.IsTooLong(failure) || message.Bytes <= SqsQueueOptions.SmallestMessageLimit)
                {
                    return failure;
                }

                message = DeadLetterMessage.Cut(letter, ReceiptOf(letter.Message), Math.Max(message.Bytes / 2, SqsQueueOptions.SmallestMessageLimit));
                continue;
            }

            if (message != whole)
            {
                _observer.LetterCut(letter, whole.Bytes, message.Bytes);
            }

            return null;
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Proves that the queue exists, can be reached and may be described. SQS has no call that proves the permission to send without
    /// sending.
    /// </remarks>
    public async ValueTask CheckAsync(CancellationToken cancellationToken)
    {
        if (_checked is not { } last || _time.GetElapsedTime(last.Timestamp) >= _options.CheckInterval)
        {
            _checked = last = new Checked(_time.GetTimestamp(), await TryDescribeAsync(cancellationToken));
        }

        if (last.Failure is { } failure)
        {
            throw new QueueUnavailableException(failure.Message, failure);
        }
    }

    /// <summary>Closes the client's connections.</summary>
    public void Dispose()
    {
        if (_client.IsValueCreated)
        {
            _client.Value.Dispose();
        }
    }

    private static SqsReceipt ReceiptOf(ReceivedMessage message) => message.Receipt as SqsReceipt
        ?? throw new ArgumentException($"Message {message.Id} was not received from an SQS queue.", nameof(message));

    /// <summary>Whether the queue keeps the order of the messages of a message group.</summary>
    internal bool IsFifo => _queue.IsFifo;

    /// <summary>Whether a message came with a receipt, so that it can be given back.</summary>
    internal static bool HasReceipt(ReceivedMessage message) => message.Receipt is SqsReceipt { Handle.Length: > 0 };

    private static void ThrowIfAny<T>(IReadOnlyList<BatchFailure<T>> failures, int total, SqsQueueUrl queue)
    {
        if (failures.Count > 0)
        {
            throw SqsFailure.Wrap(failures, total, queue);
        }
    }

    /// <summary>Whether the receipt has expired or the message was deleted: another receiver has it, or nobody needs it.</summary>
    private static bool IsNoLongerOurs(BatchFailure<ReceivedMessage> failure) => failure.Error is { } error
        && (error.Code?.EndsWith("MessageNotInflight", StringComparison.Ordinal) is true
            || error.Code?.EndsWith("ReceiptHandleIsInvalid", StringComparison.Ordinal) is true
            || error.Message?.Contains("Message does not exist or is not available for visibility timeout change", StringComparison.Ordinal) is true);

    private SqsSender DeadLetterSender(SqsQueueUrl queue) => new(queue, _options.MaxMessageBytes, _runner);

    private async ValueTask<SqsSender> GetDeadLetterSenderAsync(CancellationToken cancellationToken)
    {
        if (_deadLetterSender is { } sender)
        {
            return sender;
        }

        // Only a found queue is kept, because a redrive policy may be added while the process runs.
        return (await ReadSettingsAsync(cancellationToken)).DeadLetterQueue is { } queue
            ? _deadLetterSender = DeadLetterSender(queue)
            : throw new InvalidOperationException($"SQS queue {_queue.Name} has no redrive policy, and no dead-letter queue is configured.");
    }

    private Task<SqsQueueSettings> ReadSettingsAsync(CancellationToken cancellationToken) =>
        CallAsync((client, token) => SqsQueueSettings.ReadAsync(client, _queue, token), cancellationToken);

    private Task<IReadOnlyList<BatchFailure<ReceivedMessage>>> DeleteAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken) =>
        CallAsync(
            (client, limited) => _runner.RunAsync(
                BatchRunner.Chunk(messages),
                async (chunk, token) =>
                {
                    var entries = chunk.Select((message, index) => new DeleteMessageBatchRequestEntry(BatchRunner.IdOf(index), ReceiptOf(message).Handle));
                    var response = await client.DeleteMessageBatchAsync(new DeleteMessageBatchRequest(_queue.Value, [.. entries]), token);
                    return new BatchAnswer(response.Successful?.Select(entry => entry.Id), response.Failed);
                },
                BatchRunner.Parallelism,
                limited),
            cancellationToken);

    private async Task HideAsync(IReadOnlyList<ReceivedMessage> messages, Func<ReceivedMessage, TimeSpan> time, CancellationToken cancellationToken)
    {
        var failures = await CallAsync(
            (client, limited) => _runner.RunAsync(
                BatchRunner.Chunk(messages),
                async (chunk, token) =>
                {
                    var entries = chunk.Select((message, index) =>
                        new ChangeMessageVisibilityBatchRequestEntry(BatchRunner.IdOf(index), ReceiptOf(message).Handle)
                        {
                            VisibilityTimeout = (int)Math.Ceiling(Math.Max(time(message).TotalSeconds, 0)),
                        });
                    var response = await client.ChangeMessageVisibilityBatchAsync(
                        new ChangeMessageVisibilityBatchRequest(_queue.Value, [.. entries]), token);
                    return new BatchAnswer(response.Successful?.Select(entry => entry.Id), response.Failed);
                },
                BatchRunner.Parallelism,
                limited),
            cancellationToken);
        ThrowIfAny([.. failures.Where(failure => !IsNoLongerOurs(failure))], messages.Count, _queue);
    }

    private async Task<QueueUnavailableException?> TryDescribeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await CallAsync(
                (client, token) => client.GetQueueAttributesAsync(
                    new GetQueueAttributesRequest { QueueUrl = _queue.Value, AttributeNames = [QueueAttributeName.QueueArn] }, token),
                cancellationToken);
            return null;
        }
        catch (QueueUnavailableException exception)
        {
            return exception;
        }
    }

    private async Task<T> CallAsync<T>(Func<IAmazonSQS, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(CallTimeout, _time);
        using var registration = cancellationToken.Register(limit.Cancel);
        return await WrapAsync(client => call(client, limit.Token), cancellationToken);
    }

    private async Task<T> WrapAsync<T>(Func<IAmazonSQS, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call(_client.Value);
        }
        catch (Exception e) when (SqsFailure.IsFailure(e, cancellationToken))
        {
            throw SqsFailure.Wrap(e, _queue);
        }
    }

    private sealed record Checked(long Timestamp, QueueUnavailableException? Failure);
}
