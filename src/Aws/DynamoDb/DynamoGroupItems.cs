using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using PushGateway.Groups;

namespace PushGateway.Aws.DynamoDb;

/// <summary>
/// The calls that a <see cref="DynamoGroupStore"/> makes to its table. Each call throws <see cref="GroupStoreUnavailableException"/> when
/// DynamoDB, the network or the credentials still fail after the SDK's retries.
/// </summary>
internal sealed class DynamoGroupItems(string table, Lazy<IAmazonDynamoDB> client)
{
    // Nobody ends more groups at a time.
    private const int DuePageSize = 100;

    // Expressions name attributes by these placeholders, because path and state are reserved words of DynamoDB.
    private static readonly Dictionary<string, string> PathName = new() { ["#path"] = DynamoGroupTable.Path };
    private static readonly Dictionary<string, string> VersionName = new() { ["#version"] = DynamoGroupTable.Version };
    private static readonly Dictionary<string, string> PathAndKindNames = new() { ["#path"] = DynamoGroupTable.Path, ["#kind"] = DynamoGroupTable.Kind };
    private static readonly Dictionary<string, string> ForgetAndKindNames = new() { ["#forget"] = DynamoGroupTable.ForgetAt, ["#kind"] = DynamoGroupTable.Kind };

    private static readonly Dictionary<string, string> ExpiryNames = new()
    {
        ["#path"] = DynamoGroupTable.Path,
        ["#shard"] = DynamoGroupTable.ExpiryShard,
        ["#expires"] = DynamoGroupTable.ExpiresAt,
    };

    /// <summary>Reads a group as it was last written; null when the table has no such group.</summary>
    public async Task<DynamoGroupItem?> GetAsync(string path, CancellationToken cancellationToken) =>
        await GetItemAsync(path, cancellationToken) is { Count: > 0 } item ? new DynamoGroupItem(item) : null;

    /// <summary>Reads a chunk of a group; null when there is none of that version.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="version">Its version.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<byte[]?> GetChunkAsync(string key, long version, CancellationToken cancellationToken) =>
        await GetItemAsync(key, cancellationToken) is { Count: > 0 } item && new DynamoGroupItem(item).Version == version
            ? item.GetValueOrDefault(DynamoGroupTable.State)?.B?.ToArray()
            : null;

    /// <summary>Writes a chunk, or what takes its place, unless there is one with a later version. Then it returns false.</summary>
    public async Task<bool> TryPutChunkAsync(Dictionary<string, AttributeValue> item, CancellationToken cancellationToken) => await TryPutAsync(
        new()
        {
            TableName = table,
            Item = item,
            ConditionExpression = "attribute_not_exists(#version) OR #version <= :version",
            ExpressionAttributeNames = VersionName,
            ExpressionAttributeValues = new() { [":version"] = item[DynamoGroupTable.Version] },
        },
        cancellationToken);

    /// <summary>Writes a group if nobody has written it since it was read. Returns false when somebody has.</summary>
    /// <param name="item">The group to write.</param>
    /// <param name="read">The group as it was read; null when there was none.</param>
    /// <param name="cancellationToken">Ends the call. The group may then be written or not.</param>
    public async Task<bool> TryPutAsync(DynamoGroupItem item, DynamoGroupItem? read, CancellationToken cancellationToken)
    {
        var request = new PutItemRequest { TableName = table, Item = item.Attributes };
        if (read is null)
        {
            request.ConditionExpression = "attribute_not_exists(#path)";
            request.ExpressionAttributeNames = PathName;
        }
        else
        {
            request.ConditionExpression = "#version = :read";
            request.ExpressionAttributeNames = VersionName;
            request.ExpressionAttributeValues = new() { [":read"] = DynamoGroupItem.Number(read.Version) };
        }

        return await TryPutAsync(request, cancellationToken);
    }

    /// <summary>The paths of all groups, including those that are only remembered as deleted. In no order.</summary>
    public IAsyncEnumerable<string> ScanPathsAsync(CancellationToken cancellationToken) => ReadPagesAsync(
        start => ScanAsync(
            new()
            {
                TableName = table,
                ConsistentRead = true,
                FilterExpression = "attribute_not_exists(#kind)",
                ProjectionExpression = "#path",
                ExpressionAttributeNames = PathAndKindNames,
                ExclusiveStartKey = start,
            },
            cancellationToken)).Select(static item => item.Path);

    /// <summary>All groups except those that are only remembered as deleted. In no order.</summary>
    public IAsyncEnumerable<DynamoGroupItem> ScanAsync(CancellationToken cancellationToken) => ReadPagesAsync(
        start => ScanAsync(
            new()
            {
                TableName = table,
                ConsistentRead = true,
                FilterExpression = "attribute_not_exists(#forget) AND attribute_not_exists(#kind)",
                ExpressionAttributeNames = ForgetAndKindNames,
                ExclusiveStartKey = start,
            },
            cancellationToken));

    /// <summary>
    /// The paths of the groups in one partition of the index whose expiry is due, those that are longest due first. They are read page by
    /// page, as they are asked for. The index may lag a moment behind the table.
    /// </summary>
    /// <param name="shard">The partition.</param>
    /// <param name="nowMs">The time, milliseconds since the Unix epoch.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public IAsyncEnumerable<string> QueryDueAsync(int shard, long nowMs, CancellationToken cancellationToken) => ReadPagesAsync(
        async start =>
        {
            var request = new QueryRequest
            {
                TableName = table,
                IndexName = DynamoGroupTable.ExpiryIndex,
                KeyConditionExpression = "#shard = :shard AND #expires <= :now",
                ProjectionExpression = "#path",
                ExpressionAttributeNames = ExpiryNames,
                ExpressionAttributeValues = new() { [":shard"] = DynamoGroupItem.Number(shard), [":now"] = DynamoGroupItem.Number(nowMs) },
                ExclusiveStartKey = start,
                Limit = DuePageSize,
            };
            var response = await CallAsync(dynamo => dynamo.QueryAsync(request, cancellationToken), cancellationToken);
            return new Page(response.Items, response.LastEvaluatedKey);
        }).Select(static item => item.Path);

    private static async IAsyncEnumerable<DynamoGroupItem> ReadPagesAsync(Func<Dictionary<string, AttributeValue>?, Task<Page>> readAsync)
    {
        Dictionary<string, AttributeValue>? start = null;
        do
        {
            var page = await readAsync(start);
            foreach (var item in page.Items ?? [])
            {
                yield return new DynamoGroupItem(item);
            }

            start = page.Next;
        }
        while (start is { Count: > 0 });
    }

    private async Task<Dictionary<string, AttributeValue>?> GetItemAsync(string key, CancellationToken cancellationToken)
    {
        var request = new GetItemRequest { TableName = table, Key = new() { [DynamoGroupTable.Path] = new(key) }, ConsistentRead = true };
        return (await CallAsync(dynamo => dynamo.GetItemAsync(request, cancellationToken), cancellationToken)).Item;
    }

    // False when the condition does not hold.
    private Task<bool> TryPutAsync(PutItemRequest request, CancellationToken cancellationToken) => CallAsync(
        async dynamo =>
        {
            try
            {
                await dynamo.PutItemAsync(request, cancellationToken);
                return true;
            }
            catch (ConditionalCheckFailedException)
            {
                return false;
            }
        },
        cancellationToken);

    private async Task<Page> ScanAsync(ScanRequest request, CancellationToken cancellationToken)
    {
        var response = await CallAsync(dynamo => dynamo.ScanAsync(request, cancellationToken), cancellationToken);
        return new Page(response.Items, response.LastEvaluatedKey);
    }

    private async Task<T> CallAsync<T>(Func<IAmazonDynamoDB, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call(client.Value);
        }
        catch (Exception e) when (AwsFailure.IsFailure(e, cancellationToken))
        {
            throw DynamoFailure.Wrap(e, table);
        }
    }

    private readonly record struct Page(List<Dictionary<string, AttributeValue>>? Items, Dictionary<string, AttributeValue>? Next);
}
