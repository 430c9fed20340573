namespace PushGateway.Testing;

/// <summary>Attributes of a queue that a test creates.</summary>
public sealed record SqsQueueOptions
{
    /// <summary>How long a received message stays hidden. SQS counts whole seconds.</summary>
    public TimeSpan VisibilityTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The queue for messages that were received <see cref="MaxReceiveCount"/> times; none when null.</summary>
    public SqsQueue? DeadLetterQueue { get; init; }

    /// <summary>Used only with a <see cref="DeadLetterQueue"/>.</summary>
    public int MaxReceiveCount { get; init; } = 3;

    /// <summary>More attributes, by their SQS names.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = new Dictionary<string, string>();
}
