using System.Collections.Immutable;

namespace PushGateway.Groups;

/// <summary>
/// The labels that identify a group, as Pushgateway's paths give them: <c>job</c> first, the rest sorted by name; values may be empty.
/// </summary>
public sealed class GroupingKey : IEquatable<GroupingKey>
{
    internal GroupingKey(ImmutableArray<KeyValuePair<string, string>> labels, string path)
    {
        Labels = labels;
        Path = path;
    }

    /// <summary>Name and value of every label, <c>job</c> first, the rest in ordinal order of their names.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Labels { get; }

    /// <summary>The canonical, percent-encoded ASCII form: <c>job/backup/instance/db1</c>; <c>name@base64/=</c> stands for an empty value.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public bool Equals(GroupingKey? other) => other is not null && Path == other.Path;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as GroupingKey);

    /// <inheritdoc/>
    public override int GetHashCode() => Path.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Path;
}
