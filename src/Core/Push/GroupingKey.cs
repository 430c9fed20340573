using System.Collections.Immutable;
using PushGateway.Model;

namespace PushGateway.Push;

/// <summary>
/// The labels that identify a group, as Pushgateway's paths give them: <c>job</c> first, the rest sorted by name. A label with an empty
/// value is taken off what is pushed, and does not count in what identifies the group: to Prometheus it is no label.
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

    /// <summary>The canonical, percent-encoded ASCII form, without empty labels: <c>job/backup/instance/db1</c>. Keys of one path are equal.</summary>
    public string Path { get; }

    /// <summary>The key that has these labels in place of its own of the same names, and the rest of its own.</summary>
    /// <param name="labels">Names that <see cref="GroupingKeyParser.IsLabelName"/> takes; <c>job</c> may be among them, but not with an empty value.</param>
    /// <exception cref="ArgumentException">A label is not one that a group may have.</exception>
    public GroupingKey With(params ReadOnlySpan<KeyValuePair<string, string>> labels)
    {
        if (labels.IsEmpty)
        {
            return this;
        }

        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in Labels)
        {
            all.Add(name, value);
        }

        foreach (var (name, value) in labels)
        {
            if (!GroupingKeyParser.IsLabelName(name) || (name == "job" && value.Length == 0))
            {
                throw new ArgumentException($"A group cannot have the label {name}=\"{value}\".", nameof(labels));
            }

            all[name] = value;
        }

        return GroupingKeyParser.Create(all);
    }

    /// <summary>The labels as symbols, for <see cref="MetricBatch.BeginPush"/>.</summary>
    public Label[] LabelsIn(SymbolTable symbols) => [.. Labels.Select(label => new Label(symbols.Intern(label.Key), symbols.Intern(label.Value)))];

    /// <inheritdoc/>
    public bool Equals(GroupingKey? other) => other is not null && Path == other.Path;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as GroupingKey);

    /// <inheritdoc/>
    public override int GetHashCode() => Path.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Path;
}
