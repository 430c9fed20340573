using PushGateway.Aws.Sqs;
using Xunit;

namespace PushGateway.Aws.Tests.Sqs;

public sealed class SqsQueueUrlTests
{
    [Theory]
    [InlineData("https://sqs.eu-west-1.amazonaws.com/123456789012/pushes", "eu-west-1")]
    [InlineData("https://sqs.cn-north-1.amazonaws.com.cn/123456789012/pushes", "cn-north-1")]
    [InlineData("https://sqs-fips.us-gov-west-1.amazonaws.com/123456789012/pushes", "us-gov-west-1")]
    [InlineData("https://sqs.us-east-1.api.aws/123456789012/pushes", "us-east-1")]
    [InlineData("https://vpce-0a-1b.sqs.eu-west-1.vpce.amazonaws.com/123456789012/pushes", "eu-west-1")]
    [InlineData("https://eu-west-1.queue.amazonaws.com/123456789012/pushes", "eu-west-1")]
    [InlineData("https://queue.amazonaws.com/123456789012/pushes", null)]
    [InlineData("http://sqs.us-east-1.localhost:4566/000000000000/pushes", null)]
    [InlineData("http://127.0.0.1:4566/000000000000/pushes", null)]
    public void The_region_is_in_the_host(string url, string? region) => Assert.Equal(region, new SqsQueueUrl(url).Region);

    [Theory]
    [InlineData("")]
    [InlineData("pushes")]
    [InlineData("https://sqs.eu-west-1.amazonaws.com")]
    [InlineData("https://sqs.eu-west-1.amazonaws.com/123456789012/")]
    [InlineData("arn:aws:sqs:eu-west-1:123456789012:pushes")]
    public void Anything_else_is_refused(string url) => Assert.Throws<ArgumentException>(() => new SqsQueueUrl(url));

    [Fact]
    public void The_dead_letter_queue_is_reached_as_the_queue_is()
    {
        var sibling = new SqsQueueUrl("http://127.0.0.1:4566/000000000000/pushes.fifo").Sibling("arn:aws:sqs:us-east-1:000000000000:dead.fifo");
        Assert.Equal("http://127.0.0.1:4566/000000000000/dead.fifo", sibling.Value);
        Assert.Equal("dead.fifo", sibling.Name);
        Assert.True(sibling.IsFifo);
    }
}
