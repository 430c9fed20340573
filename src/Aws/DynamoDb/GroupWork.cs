using PushGateway.Push;

namespace PushGateway.Aws.DynamoDb;

/// <summary>What a batch has for one group.</summary>
/// <param name="key">The group.</param>
internal sealed class GroupWork(GroupingKey key)
{
    public GroupingKey Key => key;

    /// <summary>The pushes that concern the group, by their index, in order.</summary>
    public List<int> Pushes { get; } = [];
}
