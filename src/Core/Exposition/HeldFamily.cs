using PushGateway.Model;

namespace PushGateway.Exposition;

/// <summary>A family of a group or of the ungrouped series, as a store holds it.</summary>
public readonly ref struct HeldFamily(
    MetricType type, ReadOnlySpan<byte> name, ReadOnlySpan<byte> help, ReadOnlySpan<byte> unit, long pushTimeNs)
{
    /// <summary>Its type.</summary>
    public MetricType Type { get; } = type;

    /// <summary>Its name.</summary>
    public ReadOnlySpan<byte> Name { get; } = name;

    /// <summary>Its help; empty without one.</summary>
    public ReadOnlySpan<byte> Help { get; } = help;

    /// <summary>Its unit; empty without one.</summary>
    public ReadOnlySpan<byte> Unit { get; } = unit;

    /// <summary>When it was pushed last, nanoseconds since the Unix epoch; not looked at for ungrouped series.</summary>
    public long PushTimeNs { get; } = pushTimeNs;
}
