namespace PushGateway.Aws.DynamoDb;

/// <summary>How large a group may be, and how it is cut.</summary>
internal sealed record DynamoGroupLimits
{
    /// <summary>Limits that DynamoDB allows.</summary>
    public static DynamoGroupLimits Default { get; } = new();

    /// <summary>Most bytes of an item that holds a whole group. A larger group is cut.</summary>
    public long MaxItemBytes { get; init; } = DynamoGroupTable.MaxItemBytes;

    /// <summary>Most bytes of a chunk. The rest of an item is for its key and its other attributes.</summary>
    public int ChunkBytes { get; init; } = 390_000;

    /// <summary>Most chunks of a group: each write of the group writes all of them.</summary>
    public int MaxChunks { get; init; } = 16;

    /// <summary>Most bytes of the state of a group.</summary>
    public long MaxStateBytes => (long)ChunkBytes * MaxChunks;
}
