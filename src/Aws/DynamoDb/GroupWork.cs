namespace PushGateway.Aws.DynamoDb;

/// <summary>The pushes of a batch that concern one group.</summary>
/// <param name="path">The path of the group.</param>
internal sealed class GroupWork(string path)
{
    public string Path => path;

    /// <summary>The indices of the pushes that concern the group, in order.</summary>
    public List<int> Pushes { get; } = [];
}
