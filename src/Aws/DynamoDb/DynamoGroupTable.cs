using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;

namespace PushGateway.Aws.DynamoDb;

/// <summary>
/// The table of a <see cref="DynamoGroupStore"/>: one item per group. What creates the table follows this; <c>docs/groups.md</c> says it
/// in words.
/// </summary>
public static class DynamoGroupTable
{
    /// <summary>String, the partition key: the canonical path of the grouping key.</summary>
    public const string Path = "path";

    /// <summary>Binary: the group, as <see cref="PushGateway.Groups.GroupRow"/> writes it.</summary>
    public const string State = "state";

    /// <summary>String: how <see cref="State"/> is compressed, <see cref="Brotli"/>; missing when it is not.</summary>
    public const string Encoding = "encoding";

    /// <summary>Number: another one after every write.</summary>
    public const string Version = "version";

    /// <summary>Number, milliseconds since the Unix epoch: when the group expires. Missing when it does not.</summary>
    public const string ExpiresAt = "expires_at";

    /// <summary>Number: the partition of <see cref="ExpiryIndex"/> that the group is in. Missing when the group does not expire.</summary>
    public const string ExpiryShard = "expiry_shard";

    /// <summary>
    /// Number, seconds since the Unix epoch, the table's time to live: when an item may go of which only the memory of a delete is left.
    /// Missing otherwise.
    /// </summary>
    public const string ForgetAt = "forget_at";

    /// <summary>The global secondary index of the groups that expire, by time.</summary>
    public const string ExpiryIndex = "expiry";

    /// <summary>
    /// Partitions of <see cref="ExpiryIndex"/>, one of which takes a thousand small writes a second. It may be raised; lowered, it would leave
    /// groups in partitions that nobody asks.
    /// </summary>
    public const int ExpiryShards = 8;

    /// <summary>Longest partition key (DynamoDB quota).</summary>
    public const int MaxPathBytes = 2048;

    /// <summary>Largest item, names of its attributes included (DynamoDB quota).</summary>
    public const int MaxItemBytes = 400 * 1024;

    /// <summary>The one value of <see cref="Encoding"/>.</summary>
    public const string Brotli = "br";

    /// <summary>Creates the table, billed by request.</summary>
    public static CreateTableRequest CreateRequest(string tableName) => new()
    {
        TableName = tableName,
        BillingMode = BillingMode.PAY_PER_REQUEST,
        AttributeDefinitions =
        [
            new(Path, ScalarAttributeType.S),
            new(ExpiryShard, ScalarAttributeType.N),
            new(ExpiresAt, ScalarAttributeType.N),
        ],
        KeySchema = [new(Path, KeyType.HASH)],
        GlobalSecondaryIndexes =
        [
            new()
            {
                IndexName = ExpiryIndex,
                KeySchema = [new(ExpiryShard, KeyType.HASH), new(ExpiresAt, KeyType.RANGE)],
                Projection = new() { ProjectionType = ProjectionType.KEYS_ONLY },
            },
        ],
    };

    /// <summary>Turns the table's time to live on.</summary>
    public static UpdateTimeToLiveRequest TimeToLiveRequest(string tableName) => new()
    {
        TableName = tableName,
        TimeToLiveSpecification = new() { AttributeName = ForgetAt, Enabled = true },
    };
}
