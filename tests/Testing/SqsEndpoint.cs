using System.Globalization;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.SQS;
using Amazon.SQS.Model;

namespace PushGateway.Testing;

/// <summary>The address of an SQS emulator, and what clients need to call it.</summary>
public sealed class SqsEndpoint : IDisposable
{
    /// <summary>The region that clients sign for. A queue is found only in the region that it was created in.</summary>
    public const string Region = "us-east-1";

    const string Dummy = "test";

    internal SqsEndpoint(Uri serviceUrl)
    {
        ServiceUrl = serviceUrl;
        Client = CreateClient();
    }

    /// <summary>The value for <c>ServiceURL</c> or <c>AWS_ENDPOINT_URL_SQS</c>.</summary>
    public Uri ServiceUrl { get; }

    /// <summary>A client of this endpoint. This object owns it.</summary>
    public IAmazonSQS Client { get; }

    /// <summary>The variables with which a process reaches this endpoint through the SDK's own configuration.</summary>
    public IReadOnlyDictionary<string, string> ProcessEnvironment => new Dictionary<string, string>
    {
        ["AWS_ENDPOINT_URL_SQS"] = ServiceUrl.ToString(),
        ["AWS_REGION"] = Region,
        ["AWS_ACCESS_KEY_ID"] = Dummy,
        ["AWS_SECRET_ACCESS_KEY"] = Dummy,
        ["AWS_EC2_METADATA_DISABLED"] = "true",
    };

    /// <summary>A new client of this endpoint. The caller owns it.</summary>
    public AmazonSQSClient CreateClient() => new(
        new BasicAWSCredentials(Dummy, Dummy),
        new AmazonSQSConfig { ServiceURL = ServiceUrl.ToString(), AuthenticationRegion = Region });

    /// <summary>Creates a standard queue.</summary>
    /// <param name="name">A name that no other queue has. Random when null, so that no other test uses the queue.</param>
    /// <param name="options">Its attributes.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public async Task<SqsQueue> CreateQueueAsync(
        string? name = null, SqsQueueOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        var attributes = new Dictionary<string, string>(options.Attributes)
        {
            ["VisibilityTimeout"] = ((int)options.VisibilityTimeout.TotalSeconds).ToString(CultureInfo.InvariantCulture),
        };
        if (options.DeadLetterQueue is { } deadLetters)
        {
            attributes["RedrivePolicy"] = JsonSerializer.Serialize(new Dictionary<string, string>
            {
                ["deadLetterTargetArn"] = deadLetters.Arn,
                ["maxReceiveCount"] = options.MaxReceiveCount.ToString(CultureInfo.InvariantCulture),
            });
        }

        var created = await Client.CreateQueueAsync(
            new CreateQueueRequest { QueueName = name ?? $"queue-{Guid.NewGuid():N}", Attributes = attributes }, cancellationToken);
        var described = await Client.GetQueueAttributesAsync(created.QueueUrl, ["QueueArn"], cancellationToken);
        return new SqsQueue(Client, created.QueueUrl, described.Attributes["QueueArn"]);
    }

    /// <summary>Creates a queue and its dead-letter queue.</summary>
    public async Task<(SqsQueue Queue, SqsQueue DeadLetters)> CreateQueueWithDeadLettersAsync(
        int maxReceiveCount = 3, TimeSpan? visibilityTimeout = null, CancellationToken cancellationToken = default)
    {
        var deadLetters = await CreateQueueAsync(cancellationToken: cancellationToken);
        var options = new SqsQueueOptions { DeadLetterQueue = deadLetters, MaxReceiveCount = maxReceiveCount };
        if (visibilityTimeout is { } timeout)
            options = options with { VisibilityTimeout = timeout };
        return (await CreateQueueAsync(options: options, cancellationToken: cancellationToken), deadLetters);
    }

    /// <summary>Disposes of <see cref="Client"/>.</summary>
    public void Dispose() => Client.Dispose();
}
