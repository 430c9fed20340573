namespace PushGateway.Testing;

/// <summary>A series as a server stores it.</summary>
/// <param name="Labels">Every label, including <c>__name__</c>.</param>
/// <param name="Samples">The samples in order of time. For an instant query, the one evaluated sample.</param>
public sealed record Series(IReadOnlyDictionary<string, string> Labels, IReadOnlyList<Sample> Samples)
{
    /// <summary>The metric's name, or "" when an operation has removed it.</summary>
    public string Name => Labels.GetValueOrDefault("__name__", "");

    /// <summary>A label's value; "" when the series has no such label, as in PromQL.</summary>
    public string this[string label] => Labels.GetValueOrDefault(label, "");

    public override string ToString()
    {
        var labels = Labels
            .Where(label => label.Key != "__name__")
            .OrderBy(label => label.Key, StringComparer.Ordinal)
            .Select(label => $"{label.Key}=\"{label.Value}\"");
        return $"{Name}{{{string.Join(",", labels)}}} {string.Join(", ", Samples)}";
    }
}
