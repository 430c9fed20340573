using PushGateway.Push;

namespace PushGateway.Aws.DynamoDb;

/// <summary>The pushes of a batch that concern one group.</summary>
/// <param name="key">The group.</param>
internal sealed class GroupWork(GroupingKey key)
{
    public GroupingKey Key => key;

    /// <summary>The indices of the pushes that concern the group, in order.</summary>
    public List<int> Pushes { get; } = [];
}
