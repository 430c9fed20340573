namespace PushGateway.Push;

/// <summary>A condition on one label of a grouping key. A missing label counts as empty, as everywhere in Prometheus.</summary>
/// <param name="Name">Name of the label.</param>
/// <param name="Value">The value to compare with.</param>
/// <param name="IsEqual">True when the label must have this value (<c>=</c>), false when it must have another one (<c>!=</c>).</param>
public readonly record struct LabelMatcher(string Name, string Value, bool IsEqual);
