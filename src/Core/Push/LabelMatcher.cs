namespace PushGateway.Push;

/// <summary>A condition on one label of a grouping key. A label that is not there is empty, as everywhere in Prometheus.</summary>
/// <param name="Name">Name of the label.</param>
/// <param name="Value">The value that it is compared with.</param>
/// <param name="IsEqual">Whether it must have that value (<c>=</c>), or any other (<c>!=</c>).</param>
public readonly record struct LabelMatcher(string Name, string Value, bool IsEqual)
{
    /// <summary>Whether the key meets the condition.</summary>
    public bool Matches(GroupingKey key)
    {
        var actual = "";
        foreach (var (name, value) in key.Labels)
        {
            actual = name == Name ? value : actual;
        }

        return (actual == Value) == IsEqual;
    }
}
