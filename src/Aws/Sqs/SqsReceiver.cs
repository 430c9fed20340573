using System.Globalization;
using System.Text;
using Amazon.SQS;
using Amazon.SQS.Model;
using PushGateway.Queue;

namespace PushGateway.Aws.Sqs;

/// <summary>Receives from the queue: one long poll for the first messages, then short receives for more.</summary>
/// <remarks>
/// A call that was sent is never cancelled. SQS does not notice that a caller is gone: it hands messages to the dead connection, and they
/// stay hidden until their visibility timeout (github.com/aws/aws-sdk-net/issues/1680). The token is checked between calls. A call whose
/// connection is dead ends by the client's own timeout.
/// </remarks>
internal sealed class SqsReceiver(SqsQueueUrl queue, SqsQueueOptions options, TimeProvider time)
{
    /// <summary>Most messages of one receive (SQS quota).</summary>
    private const int MaxPerCall = 10;

    private static readonly List<string> SystemAttributes = [MessageSystemAttributeName.SentTimestamp, MessageSystemAttributeName.ApproximateReceiveCount];

    public async Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(IAmazonSQS client, int maxMessages, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var messages = new Dictionary<string, ReceivedMessage>(StringComparer.Ordinal);
        Add(await CallAsync(client, Math.Min(maxMessages, MaxPerCall), options.WaitTime));

        var start = time.GetTimestamp();
        for (var calls = 1; messages.Count > 0 && messages.Count < maxMessages && MayGoOn(); calls *= 2)
        {
            // Each round makes twice as many calls as the one before, until an answer is empty. An idle queue costs one call, and a full
            // one is read in few rounds.
            var missing = maxMessages - messages.Count;
            var round = Enumerable.Range(0, Math.Min(Math.Min(calls, BatchRunner.Parallelism), (missing + MaxPerCall - 1) / MaxPerCall))
                .Select(index => TryCallAsync(client, Math.Min(missing - (index * MaxPerCall), MaxPerCall)));
            var answers = await Task.WhenAll(round);
            Array.ForEach(answers, Add);
            if (Array.Exists(answers, answer => answer.Count == 0))
            {
                break;
            }
        }

        return [.. messages.Values];

        bool MayGoOn() => !cancellationToken.IsCancellationRequested && time.GetElapsedTime(start) < options.GatherTime;

        // A message that comes twice is kept once, with the later receipt: SQS deletes by the most recent one.
        void Add(List<Message> received) => received.ForEach(message => messages[message.MessageId] = ToReceived(message));
    }

    /// <summary>
    /// Returns no messages when the call fails. The messages received before must still reach the caller: nobody else gets them until their
    /// timeout.
    /// </summary>
    private async Task<List<Message>> TryCallAsync(IAmazonSQS client, int count)
    {
        try
        {
            return await CallAsync(client, count, TimeSpan.Zero);
        }
        catch (Exception e) when (SqsFailure.IsFailure(e, CancellationToken.None))
        {
            return [];
        }
    }

    private async Task<List<Message>> CallAsync(IAmazonSQS client, int count, TimeSpan wait)
    {
        var response = await client.ReceiveMessageAsync(
            new ReceiveMessageRequest
            {
                QueueUrl = queue.Value,
                MaxNumberOfMessages = count,
                WaitTimeSeconds = (int)wait.TotalSeconds,
                VisibilityTimeout = (int?)options.VisibilityTimeout?.TotalSeconds,
                MessageAttributeNames = ["All"],
                MessageSystemAttributeNames = queue.IsFifo ? [.. SystemAttributes, MessageSystemAttributeName.MessageGroupId] : SystemAttributes,
            },
            CancellationToken.None);
        return response.Messages ?? [];
    }

    private ReceivedMessage ToReceived(Message message)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in message.MessageAttributes ?? [])
        {
            // Values of type String and Number are text. The gateway uses no Binary attribute.
            if (value.StringValue is { } text)
            {
                attributes.Add(name, text);
            }
        }

        var sent = message.Attributes?.GetValueOrDefault(MessageSystemAttributeName.SentTimestamp);
        var count = message.Attributes?.GetValueOrDefault(MessageSystemAttributeName.ApproximateReceiveCount);
        return new ReceivedMessage(
            message.MessageId,
            new QueueMessage(Encoding.UTF8.GetBytes(message.Body), attributes),
            long.TryParse(sent, NumberStyles.None, CultureInfo.InvariantCulture, out var sentMs) ? sentMs : time.GetUtcNow().ToUnixTimeMilliseconds(),
            new SqsReceipt(message.ReceiptHandle, message.MessageAttributes ?? []))
        {
            IsRedelivered = int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var receives) && receives > 1,
            OrderGroup = queue.IsFifo ? message.Attributes?.GetValueOrDefault(MessageSystemAttributeName.MessageGroupId) : null,
        };
    }
}
