using PushGateway.Aws.Sqs;
using PushGateway.Queue;
using Xunit;

namespace PushGateway.Aws.Tests.Sqs;

/// <summary>The SDK's own settings reach the client. Alone, because they are the process's environment.</summary>
[CollectionDefinition(nameof(SqsClientTests), DisableParallelization = true)]
[Collection(nameof(SqsClientTests))]
public sealed class SqsClientTests : IDisposable
{
    private static readonly string[] Variables =
        ["AWS_ENDPOINT_URL_SQS", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_EC2_METADATA_DISABLED"];

    private readonly Dictionary<string, string?> _before = Variables.ToDictionary(name => name, Environment.GetEnvironmentVariable);

    [Theory]
    [InlineData("http://127.0.0.1:1/123456789012/pushes", "ap-south-1")]
    [InlineData("https://sqs.eu-west-1.amazonaws.com/123456789012/pushes", "eu-west-1")]
    public async Task The_endpoint_of_the_environment_is_called_for_the_queues_region(string queueUrl, string region)
    {
        await using var sqs = await ScriptedSqs.StartAsync((_, request) => ScriptedSqs.Answer(request, senderFault: false, ""));
        Set(sqs.Url, "ap-south-1");
        using var queue = new SqsPushQueue(new SqsQueueOptions { QueueUrl = queueUrl }, TimeProvider.System);

        await queue.EnqueueAsync([new QueueMessage("{}"u8.ToArray(), new Dictionary<string, string>())], TestContext.Current.CancellationToken);

        var (_, body, authorization) = Assert.Single(sqs.Calls);
        Assert.Equal(queueUrl, (string)body["QueueUrl"]!);
        Assert.Contains($"/{region}/sqs/aws4_request", authorization, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://sqs.eu-west-1.amazonaws.com/123456789012/pushes", null, "eu-west-1")]
    [InlineData("https://sqs.eu-west-1.amazonaws.com/123456789012/pushes", "us-east-1", "eu-west-1")]
    [InlineData("https://queue.example.com/123456789012/pushes", "us-east-1", "us-east-1")]
    public void Without_an_endpoint_the_region_is_the_queues_or_else_the_environments(string queueUrl, string? region, string expected)
    {
        Set(endpoint: null, region);
        using var client = SqsClient.Create(new SqsQueueUrl(queueUrl));
        Assert.Null(client.Config.ServiceURL);
        Assert.Equal(expected, client.Config.RegionEndpoint.SystemName);
    }

    [Fact]
    public void A_call_may_take_longer_than_the_longest_poll_and_not_much()
    {
        using var client = SqsClient.Create(new SqsQueueUrl("https://sqs.eu-west-1.amazonaws.com/123456789012/pushes"));
        Assert.InRange(client.Config.Timeout ?? Timeout.InfiniteTimeSpan, SqsQueueOptions.LongestWait + TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task No_region_at_all_is_told_in_a_sentence()
    {
        Set(endpoint: null, region: null);
        using var queue = new SqsPushQueue(new SqsQueueOptions { QueueUrl = "https://queue.example.com/123456789012/pushes" }, TimeProvider.System);
        var exception = await Assert.ThrowsAsync<QueueUnavailableException>(() => queue.CheckAsync(TestContext.Current.CancellationToken).AsTask());
        Assert.StartsWith("SQS cannot be called for queue pushes: ", exception.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        foreach (var (name, value) in _before)
        {
            Environment.SetEnvironmentVariable(name, value);
        }

        Amazon.Runtime.FallbackRegionFactory.Reset();
    }

    private static void Set(string? endpoint, string? region)
    {
        string?[] values = [endpoint, region, "test", "test", "true"];
        foreach (var (name, value) in Variables.Zip(values))
        {
            Environment.SetEnvironmentVariable(name, value);
        }

        Amazon.Runtime.FallbackRegionFactory.Reset();
    }
}
