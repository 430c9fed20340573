using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;

namespace PushGateway.Aws.DynamoDb;

/// <summary>
/// The table of a <see cref="DynamoGroupStore"/>: one item per group, and others for what does not fit into it. The infrastructure code
/// creates the table by these definitions.
/// <c>docs/groups.md</c> describes it in words.
/// </summary>
public static class DynamoGroupTable
{
    /// <summary>
    /// String, the partition key: the canonical path of the grouping key. Items that are no groups have keys without a slash, and a
    /// <see cref="Kind"/>.
    /// </summary>
    public const string Path = "path";

    /// <summary>
    /// Binary: the group, as <see cref="PushGateway.Groups.GroupRow"/> writes it, or a piece of that in a chunk. Missing when the group is in
    /// chunks.
    /// </summary>
    public const string State = "state";

    /// <summary>String: how <see cref="State"/> is compressed, always <see cref="Brotli"/>. Missing when it is not compressed.</summary>
    public const string Encoding = "encoding";

    /// <summary>
    /// Number: the form of the item. It is <see cref="CurrentSchema"/> as long as there may be chunks, and
    /// <see cref="SchemaOfWholeGroups"/> otherwise. Missing in items of releases that did not write it: they have the form 1. An item with a
    /// higher number is of a newer release, and this one leaves it alone.
    /// </summary>
    public const string Schema = "schema";

    /// <summary>Number: changes with every write.</summary>
    public const string Version = "version";

    /// <summary>Number, milliseconds since the Unix epoch: when the group expires. Missing when it does not.</summary>
    public const string ExpiresAt = "expires_at";

    /// <summary>Number: the partition of <see cref="ExpiryIndex"/> that the group is in. Missing when the group does not expire.</summary>
    public const string ExpiryShard = "expiry_shard";

    /// <summary>
    /// Number, seconds since the Unix epoch: the table's time to live. Set on an item that only remembers a deleted group, and says when
    /// DynamoDB may delete that item. Missing on every other item.
    /// </summary>
    public const string ForgetAt = "forget_at";

    /// <summary>String: where the chunks of the group are, as <c>slot/count/version</c>. Missing when the state is in the item.</summary>
    public const string Chunks = "chunks";

    /// <summary>String: how many chunks there may be in each of the two slots, as <c>count,count</c>. Missing when there is none.</summary>
    public const string Used = "used";

    /// <summary>Number: the slot that a write is filling. Missing when there is no such write.</summary>
    public const string Writing = "writing";

    /// <summary>String: what an item is that is no group, <see cref="Chunk"/> or <see cref="Backlog"/>. Missing on groups.</summary>
    public const string Kind = "kind";

    /// <summary>The global secondary index of the groups that expire, sorted by expiry time.</summary>
    public const string ExpiryIndex = "expiry";

    /// <summary>
    /// Partitions of <see cref="ExpiryIndex"/>. Each takes a thousand small writes a second. The number may be raised. It must not be
    /// lowered: nobody would query the partitions that are left out.
    /// </summary>
    public const int ExpiryShards = 8;

    /// <summary>Longest partition key (DynamoDB quota).</summary>
    public const int MaxPathBytes = 2048;

    /// <summary>Largest item in bytes, including the names of its attributes (DynamoDB quota).</summary>
    public const int MaxItemBytes = 400 * 1024;

    /// <summary>The highest <see cref="Schema"/> of the items that this release writes.</summary>
    public const int CurrentSchema = 2;

    /// <summary>The <see cref="Schema"/> of a group without chunks, which older releases can read.</summary>
    public const int SchemaOfWholeGroups = 1;

    /// <summary>The <see cref="Kind"/> of a piece of a group.</summary>
    public const string Chunk = "chunk";

    /// <summary>The <see cref="Kind"/>, and the key, of the item in which workers tell each other what waits.</summary>
    public const string Backlog = "backlog";

    /// <summary>The only value of <see cref="Encoding"/>.</summary>
    public const string Brotli = "br";

    /// <summary>The request that creates the table, billed per request.</summary>
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

    /// <summary>The request that turns on the table's time to live.</summary>
    public static UpdateTimeToLiveRequest TimeToLiveRequest(string tableName) => new()
    {
        TableName = tableName,
        TimeToLiveSpecification = new() { AttributeName = ForgetAt, Enabled = true },
    };
}
