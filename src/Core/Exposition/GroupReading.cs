using PushGateway.Model;
using PushGateway.Push;

namespace PushGateway.Exposition;

/// <summary>What a group store holds, as read from it: groups first, then the ungrouped series.</summary>
public sealed class GroupReading
{
    private readonly List<ExposedGroup> _groups = [];
    private readonly List<long> _pushTimesNs = [];

    /// <summary>
    /// The families and series of everything read. Series of groups have a timestamp only if their sender gave one
    /// (<see cref="Sample.NoTimestamp"/> otherwise); ungrouped series have theirs.
    /// </summary>
    public MetricBatch Batch { get; } = new();

    /// <summary>The groups, in ordinal order of their paths.</summary>
    public IReadOnlyList<ExposedGroup> Groups => _groups;

    /// <summary>Where the groups end in <see cref="Batch"/>, and the ungrouped series begin.</summary>
    public BatchMark GroupsEnd => _groups.Count == 0 ? default : _groups[^1].End;

    /// <summary>When a family of a group was pushed last, nanoseconds since the Unix epoch.</summary>
    /// <param name="family">Its index in <see cref="Batch"/>, before <see cref="GroupsEnd"/>.</param>
    public long PushTimeNs(int family) => _pushTimesNs[family];

    /// <summary>Adds the push time of a group's family. It is called once for each family of a group, in the order of <see cref="Batch"/>.</summary>
    /// <param name="pushTimeNs">When the family was pushed last, nanoseconds since the Unix epoch.</param>
    public void AddPushTime(long pushTimeNs) => _pushTimesNs.Add(pushTimeNs);

    /// <summary>Makes a group of all that was added to <see cref="Batch"/> since <paramref name="start"/>.</summary>
    public void AddGroup(GroupingKey key, BatchMark start) => _groups.Add(new ExposedGroup(key, start, Batch.Mark));
}
