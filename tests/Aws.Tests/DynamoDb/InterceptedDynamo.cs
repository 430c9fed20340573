using System.Collections.Concurrent;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;

namespace PushGateway.Aws.Tests.DynamoDb;

/// <summary>The SDK's client, with its calls noted, and something that may happen after a read or instead of a write.</summary>
internal sealed class InterceptedDynamo(Uri address)
    : AmazonDynamoDBClient(new BasicAWSCredentials("test", "test"), new AmazonDynamoDBConfig
    {
        ServiceURL = address.ToString(),
        AuthenticationRegion = "us-east-1",
        MaxErrorRetry = 0,
    })
{
    private readonly ConcurrentQueue<string> _calls = new();

    /// <summary>The calls so far; a write whose condition failed is a conflict.</summary>
    public IReadOnlyList<string> Calls => [.. _calls];

    public Func<string, Task> AfterGet { get; set; } = _ => Task.CompletedTask;

    public Action<string> BeforePut { get; set; } = _ => { };

    /// <summary>Happens before each read and each write of an item. An exception takes its place.</summary>
    public Action BeforeCall { get; set; } = () => { };

    public override async Task<GetItemResponse> GetItemAsync(GetItemRequest request, CancellationToken cancellationToken = default)
    {
        BeforeCall();
        _calls.Enqueue("get");
        var response = await base.GetItemAsync(request, cancellationToken);
        await AfterGet(request.Key["path"].S);
        return response;
    }

    public override async Task<PutItemResponse> PutItemAsync(PutItemRequest request, CancellationToken cancellationToken = default)
    {
        BeforeCall();
        BeforePut(request.Item["path"].S);
        try
        {
            var response = await base.PutItemAsync(request, cancellationToken);
            _calls.Enqueue("put");
            return response;
        }
        catch (ConditionalCheckFailedException)
        {
            _calls.Enqueue("conflict");
            throw;
        }
    }

    public override Task<ScanResponse> ScanAsync(ScanRequest request, CancellationToken cancellationToken = default)
    {
        _calls.Enqueue("scan");
        return base.ScanAsync(request, cancellationToken);
    }
}
