using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Amazon.SQS;
using Amazon.SQS.Model;

namespace PushGateway.Testing;

/// <summary>A queue in an emulator, as other producers and consumers use it.</summary>
[SuppressMessage("Naming", "CA1711", Justification = "It is a queue, though not a collection.")]
public sealed class SqsQueue
{
    readonly IAmazonSQS _client;

    internal SqsQueue(IAmazonSQS client, string url, string arn)
    {
        _client = client;
        Url = url;
        Arn = arn;
    }

    /// <summary>The queue's URL in the emulator, for <c>PUSHGATEWAY_QUEUE_URL</c>.</summary>
    public string Url { get; }

    /// <summary>The queue's ARN.</summary>
    public string Arn { get; }

    /// <summary>Sends a message with string attributes. Returns its id.</summary>
    public async Task<string> SendAsync(
        string body, IReadOnlyDictionary<string, string>? attributes = null, CancellationToken cancellationToken = default)
    {
        var request = new SendMessageRequest(Url, body) { MessageAttributes = Convert(attributes) };
        return (await _client.SendMessageAsync(request, cancellationToken)).MessageId;
    }

    /// <summary>Sends messages with the same attributes, ten per request.</summary>
    public async Task SendAllAsync(
        IEnumerable<string> bodies,
        IReadOnlyDictionary<string, string>? attributes = null,
        CancellationToken cancellationToken = default)
    {
        foreach (var chunk in bodies.Chunk(10))
        {
            var entries = chunk.Select((body, index) =>
                new SendMessageBatchRequestEntry(index.ToString(CultureInfo.InvariantCulture), body)
                {
                    MessageAttributes = Convert(attributes),
                });
            var answer = await _client.SendMessageBatchAsync(Url, [.. entries], cancellationToken);
            if (answer.Failed is { Count: > 0 } failed)
                throw new InvalidOperationException($"{failed.Count} messages refused: {failed[0].Message}");
        }
    }

    /// <summary>
    /// Receives up to ten messages with all their attributes, and hides them. The list is empty when there are none, never null.
    /// </summary>
    /// <param name="wait">Time of a long poll in whole seconds. Returns at once when null.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public async Task<IReadOnlyList<Message>> ReceiveAsync(
        TimeSpan? wait = null, CancellationToken cancellationToken = default)
    {
        var request = new ReceiveMessageRequest(Url)
        {
            MaxNumberOfMessages = 10,
            WaitTimeSeconds = (int)(wait ?? TimeSpan.Zero).TotalSeconds,
            MessageAttributeNames = ["All"],
            MessageSystemAttributeNames = ["All"],
        };
        return (await _client.ReceiveMessageAsync(request, cancellationToken)).Messages ?? [];
    }

    /// <summary>Deletes a received message.</summary>
    public Task DeleteAsync(Message message, CancellationToken cancellationToken = default) =>
        _client.DeleteMessageAsync(Url, message?.ReceiptHandle, cancellationToken);

    /// <summary>Receives and deletes messages until none is visible. Messages in flight stay.</summary>
    public async Task<IReadOnlyList<Message>> DrainAsync(CancellationToken cancellationToken = default)
    {
        var drained = new List<Message>();
        while (await ReceiveAsync(cancellationToken: cancellationToken) is { Count: > 0 } messages)
        {
            foreach (var message in messages)
                await DeleteAsync(message, cancellationToken);
            drained.AddRange(messages);
        }

        return drained;
    }

    /// <summary>Counts the messages in the queue.</summary>
    public async Task<SqsCounts> CountAsync(CancellationToken cancellationToken = default)
    {
        string[] names =
        [
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
            "ApproximateNumberOfMessagesDelayed",
        ];
        var answer = await _client.GetQueueAttributesAsync(Url, [.. names], cancellationToken);
        var counts = names.Select(name => int.Parse(answer.Attributes[name], CultureInfo.InvariantCulture)).ToList();
        return new SqsCounts(counts[0], counts[1], counts[2]);
    }

    static Dictionary<string, MessageAttributeValue>? Convert(IReadOnlyDictionary<string, string>? attributes) =>
        attributes?.ToDictionary(
            attribute => attribute.Key,
            attribute => new MessageAttributeValue { DataType = "String", StringValue = attribute.Value });
}
