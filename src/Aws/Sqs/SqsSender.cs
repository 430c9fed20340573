using Amazon.SQS;
using Amazon.SQS.Model;

namespace PushGateway.Aws.Sqs;

/// <summary>Sends messages to one queue in as few calls as SQS's limits allow.</summary>
internal sealed class SqsSender(SqsQueueUrl queue, int maxMessageBytes, BatchRunner runner)
{
    /// <summary>
    /// SQS's limit on a batch. A server that still has the older limit, equal to a message's, refuses the first larger batch, and the older
    /// limit is used from then on.
    /// </summary>
    private volatile int _maxBatchBytes = SqsQueueOptions.LargestMessageBytes;

    public SqsQueueUrl Queue => queue;

    /// <summary>
    /// Sends the messages and returns those that were not stored. On a FIFO queue the calls are made one after the other.
    /// </summary>
    public Task<IReadOnlyList<BatchFailure<OutgoingMessage>>> SendAsync(
        IAmazonSQS client, IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken) =>
        runner.RunAsync(
            Pack(messages, _maxBatchBytes),
            (chunk, token) => SendChunkAsync(client, chunk, token),
            queue.IsFifo ? 1 : BatchRunner.Parallelism,
            cancellationToken);

    /// <summary>Cuts the messages, in order, into chunks that fit into one call.</summary>
    internal static List<IReadOnlyList<OutgoingMessage>> Pack(IReadOnlyList<OutgoingMessage> messages, int maxBatchBytes)
    {
        var chunks = new List<IReadOnlyList<OutgoingMessage>>();
        var chunk = new List<OutgoingMessage>();
        var bytes = 0;
        foreach (var message in messages)
        {
            if (chunk.Count == BatchRunner.MaxEntries || (chunk.Count > 0 && bytes + message.Bytes > maxBatchBytes))
            {
                chunks.Add(chunk);
                chunk = [];
                bytes = 0;
            }

            chunk.Add(message);
            bytes += message.Bytes;
        }

        if (chunk.Count > 0)
        {
            chunks.Add(chunk);
        }

        return chunks;
    }

    private async Task<BatchAnswer> SendChunkAsync(IAmazonSQS client, IReadOnlyList<OutgoingMessage> chunk, CancellationToken cancellationToken)
    {
        if (chunk is [var single])
        {
            await client.SendMessageAsync(
                new SendMessageRequest
                {
                    QueueUrl = queue.Value,
                    MessageBody = single.Body,
                    MessageAttributes = single.Attributes,
                    MessageGroupId = queue.IsFifo ? single.GroupId : null,
                    MessageDeduplicationId = queue.IsFifo ? single.DeduplicationId : null,
                },
                cancellationToken);
            return new BatchAnswer([BatchRunner.IdOf(0)], null);
        }

        var entries = chunk.Select((message, index) => new SendMessageBatchRequestEntry
        {
            Id = BatchRunner.IdOf(index),
            MessageBody = message.Body,
            MessageAttributes = message.Attributes,
            MessageGroupId = queue.IsFifo ? message.GroupId : null,
            MessageDeduplicationId = queue.IsFifo ? message.DeduplicationId : null,
        });
        try
        {
            var response = await client.SendMessageBatchAsync(
                new SendMessageBatchRequest { QueueUrl = queue.Value, Entries = [.. entries] }, cancellationToken);
            return new BatchAnswer(response.Successful?.Select(entry => entry.Id), response.Failed);
        }
        catch (BatchRequestTooLongException)
        {
            if (chunk.Sum(message => message.Bytes) > maxMessageBytes)
            {
                _maxBatchBytes = maxMessageBytes;
            }

            return await SendOneByOneAsync(client, chunk, cancellationToken);
        }
    }

    // Stops at the first failure, because the messages of a FIFO queue must stay in order.
    private async Task<BatchAnswer> SendOneByOneAsync(IAmazonSQS client, IReadOnlyList<OutgoingMessage> chunk, CancellationToken cancellationToken)
    {
        var sent = new List<string>();
        try
        {
            foreach (var message in chunk)
            {
                await SendChunkAsync(client, [message], cancellationToken);
                sent.Add(BatchRunner.IdOf(sent.Count));
            }
        }
        catch (Exception e) when (SqsFailure.IsFailure(e, cancellationToken))
        {
            return new BatchAnswer(sent, null, e);
        }

        return new BatchAnswer(sent, null);
    }
}
