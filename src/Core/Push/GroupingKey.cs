using System.Collections.Immutable;
using PushGateway.Model;

namespace PushGateway.Push;

/// <summary>
/// The labels that identify a group, as in Pushgateway's paths: <c>job</c> first, the rest sorted by name. A label with an empty value
/// removes that label from the pushed series. It does not help to identify the group, because Prometheus treats it as missing.
/// </summary>
public sealed class GroupingKey : IEquatable<GroupingKey>
{
    internal GroupingKey(ImmutableArray<KeyValuePair<string, string>> labels, string path)
    {
        Labels = labels;
        Path = path;
    }

    /// <summary>Name and value of every label: <c>job</c> first, then the others in ordinal order of their names.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Labels { get; }

    /// <summary>
    /// The canonical, percent-encoded ASCII form, without empty labels: <c>job/backup/instance/db1</c>. Two keys are equal when their paths
    /// are.
    /// </summary>
    public string Path { get; }

    /// <summary>Returns a key in which the given labels are added or replace labels of the same names.</summary>
    /// <param name="labels">
    /// Labels whose names <see cref="GroupingKeyParser.IsLabelName"/> allows. <c>job</c> is allowed, but not with an empty value.
    /// </param>
    /// <exception cref="ArgumentException">A group may not have one of the labels.</exception>
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
