using PushGateway.Aws.Sqs;
using Xunit;

namespace PushGateway.Aws.Tests.Sqs;

public sealed class SqsQueueOptionsTests
{
    private static readonly SqsQueueOptions Valid = new() { QueueUrl = "https://sqs.eu-west-1.amazonaws.com/123456789012/pushes" };

    public static TheoryData<SqsQueueOptions> OutOfRange =>
    [
        Valid with { QueueUrl = "pushes" },
        Valid with { DeadLetterQueueUrl = "dead" },
        Valid with { MaxMessageBytes = 1023 },
        Valid with { MaxMessageBytes = (1024 * 1024) + 1 },
        Valid with { WaitTime = TimeSpan.FromSeconds(21) },
        Valid with { GatherTime = TimeSpan.FromTicks(-1) },
        Valid with { VisibilityTimeout = TimeSpan.Zero },
        Valid with { VisibilityTimeout = TimeSpan.FromHours(13) },
        Valid with { CheckInterval = TimeSpan.FromTicks(-1) },
    ];

    [Fact]
    public void The_format_is_that_of_SQS()
    {
        using var queue = new SqsPushQueue(Valid, TimeProvider.System);
        Assert.Equal(new(262_144, TextOnly: true, ChunkBytes: 65_536), queue.Capacity);
    }

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void An_option_out_of_range_is_refused(SqsQueueOptions options) =>
        Assert.Throws<ArgumentException>(() => new SqsPushQueue(options, TimeProvider.System));
}
