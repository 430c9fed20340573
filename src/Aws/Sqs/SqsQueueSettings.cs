using System.Globalization;
using System.Text.Json;
using Amazon.SQS;
using Amazon.SQS.Model;

namespace PushGateway.Aws.Sqs;

/// <summary>The queue's own settings for receiving.</summary>
/// <param name="VisibilityTimeout">How long a received message stays hidden.</param>
/// <param name="DeadLetterQueue">The target of the redrive policy; null without one.</param>
internal sealed record SqsQueueSettings(TimeSpan VisibilityTimeout, SqsQueueUrl? DeadLetterQueue)
{
    public static async Task<SqsQueueSettings> ReadAsync(IAmazonSQS client, SqsQueueUrl queue, CancellationToken cancellationToken)
    {
        var response = await client.GetQueueAttributesAsync(
            new GetQueueAttributesRequest
            {
                QueueUrl = queue.Value,
                AttributeNames = [QueueAttributeName.VisibilityTimeout, QueueAttributeName.RedrivePolicy],
            },
            cancellationToken);
        var attributes = response.Attributes ?? [];
        return new SqsQueueSettings(
            TimeSpan.FromSeconds(int.Parse(attributes[QueueAttributeName.VisibilityTimeout], CultureInfo.InvariantCulture)),
            attributes.GetValueOrDefault(QueueAttributeName.RedrivePolicy) is { Length: > 0 } policy ? TargetOf(policy, queue) : null);
    }

    private static SqsQueueUrl? TargetOf(string redrivePolicy, SqsQueueUrl queue)
    {
        using var policy = JsonDocument.Parse(redrivePolicy);
        return policy.RootElement.TryGetProperty("deadLetterTargetArn", out var arn) && arn.GetString() is { Length: > 0 } target
            ? queue.Sibling(target)
            : null;
    }
}
