namespace PushGateway.Aws.DynamoDb;

/// <summary>A group as it was read.</summary>
/// <param name="Item">Its item.</param>
/// <param name="Group">Its state, wherever that is kept.</param>
internal sealed record StoredGroup(DynamoGroupItem Item, EncodedGroup Group);
