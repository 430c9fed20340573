using PushGateway.Model;

namespace PushGateway.Exposition;

/// <summary>
/// Is shown what a group store holds: the groups in ordinal order of their paths, then the families of ungrouped series, which stand in no
/// group. A lock of the store is held during every call, so a visitor takes what it needs and never waits. Spans are valid during the call.
/// </summary>
public interface IHeldVisitor
{
    /// <summary>Whether the visitor wants no more for now. It is asked between two groups, and between some hundred ungrouped series.</summary>
    bool IsFull { get; }

    /// <summary>Whether the visitor wants no ungrouped series.</summary>
    bool TakesOnlyGroups => false;

    /// <summary>A group begins.</summary>
    /// <param name="path">The path of its grouping key.</param>
    void BeginGroup(string path);

    /// <summary>A family begins. Its series follow if the visitor wants them.</summary>
    bool BeginFamily(in HeldFamily family);

    /// <summary>A series of the family.</summary>
    /// <param name="key">Its name and sorted labels, a <see cref="SeriesKey"/>.</param>
    /// <param name="sample">Its last sample, without its histogram.</param>
    /// <param name="histogram">The bytes of a <see cref="NativeHistogram"/>; empty with a float.</param>
    void Visit(ReadOnlySpan<byte> key, in Sample sample, ReadOnlySpan<byte> histogram);

    /// <summary>A push time that the group does not have, because no push of that kind was made: it is shown as 0.</summary>
    /// <param name="name">The name of the family and its only series.</param>
    /// <param name="heardAtNs">When the group was pushed to last, nanoseconds since the Unix epoch.</param>
    void VisitNever(ReadOnlySpan<byte> name, long heardAtNs);

    /// <summary>The group has been shown.</summary>
    void EndGroup();
}
