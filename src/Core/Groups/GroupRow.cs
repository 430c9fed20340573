using System.Buffers;
using PushGateway.Exposition;
using PushGateway.Push;
using PushGateway.Wire;

namespace PushGateway.Groups;

/// <summary>
/// One group on its own, by the rules of <see cref="MemoryGroupStore"/>: for stores that keep a row per group, read it, apply pushes
/// to it in memory, and write it back if it has changed. Not thread-safe.
/// </summary>
public sealed class GroupRow
{
    private readonly GroupState _state;
    private readonly GroupWorkspace _work;

    /// <summary>Creates a group of which nothing is known.</summary>
    /// <param name="path">The path of its grouping key.</param>
    public GroupRow(string path)
        : this(new GroupState(id: 0, path), new BlobPool())
    {
    }

    private GroupRow(GroupState state, BlobPool headers)
    {
        _state = state;
        _work = new GroupWorkspace(headers);
    }

    /// <summary>The path of the grouping key.</summary>
    public string Path => _state.Path;

    /// <summary>Whether the group is another than the one that was read, and is to be written.</summary>
    public bool HasChanged { get; private set; }

    /// <summary>When the group expires, nanoseconds since the Unix epoch; null when it does not, or has expired and the sink knows of it.</summary>
    public long? ExpiresAtNs => _state.ExpiresAtNs is < long.MaxValue and var time ? time : null;

    /// <summary>
    /// The time of the last push that emptied the group, nanoseconds since the Unix epoch, if the memory of it is all that is left; otherwise
    /// null. As long as an older push can be on its way, the row is needed.
    /// </summary>
    public long? TombstoneOfNs => _state is { IsTombstone: true, LatestNs: > long.MinValue and var time } ? time : null;

    /// <summary>The expiry that is due once <see cref="ExpiresAtNs"/> is past.</summary>
    public PushHeader Expiry => _state.Expiry();

    /// <summary>Reads a row that <see cref="WriteRow"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is not one.</exception>
    public static GroupRow ReadRow(ReadOnlySpan<byte> row)
    {
        var headers = new BlobPool();
        var reader = new BlobReader(row);
        return reader.ReadByte() == GroupState.RowKind
            ? new GroupRow(GroupState.ReadRow(id: 0, reader, headers), headers)
            : throw new InvalidDataException("stored state of an unknown kind");
    }

    /// <summary>
    /// Brings times that lead the clock by more than a clock may back to now. That is for reading: an applied push brings them back as far
    /// as it needs.
    /// </summary>
    public void BringBack(DateTimeOffset now) => _state.BringBack(Nanoseconds(now), Nanoseconds(now));

    /// <summary>Writes the group as it is now.</summary>
    public void WriteRow(IBufferWriter<byte> destination)
    {
        _work.Scratch.Clear();
        _state.WriteRow(_work.Scratch);
        destination.Write(_work.Scratch.Written);
    }

    /// <summary>Applies a push to this group, or a deletion whose selector takes it. Returns null, or why there is no room for it.</summary>
    /// <param name="push">The push.</param>
    /// <param name="options">Limits; those on the number of groups are not looked at.</param>
    /// <param name="tellsSink">As <see cref="GroupEffects.TellsSink"/>.</param>
    /// <param name="now">The time.</param>
    public PushError? Apply(in BatchedPush push, GroupStoreOptions options, bool tellsSink, DateTimeOffset now)
    {
        if (push.Header.Operation is not (PushOperation.Delete or PushOperation.Expire))
        {
            _work.Families.Encode(push);
            if (push.Header.PushesToGroup && _state.FindRefusal(AwaitedPush.Of(push.Header, _work.Families), options) is { } refusal)
            {
                return refusal;
            }
        }

        HasChanged |= _state.Apply(push.Header, _work, tellsSink, Nanoseconds(now));
        return null;
    }

    /// <summary>Tells what pushes of one time have ended.</summary>
    /// <param name="pushTimeNs">Their time, nanoseconds since the Unix epoch.</param>
    /// <param name="index">The index of the first of them in the effects.</param>
    /// <param name="effects">The effects.</param>
    public void ReadEnded(long pushTimeNs, int index, GroupEffects effects) => _state.ReadEnded(pushTimeNs, index, effects);

    /// <summary>The sink has stale markers, those of other groups possibly among them, as <see cref="IGroupStore.ConfirmAsync"/> says.</summary>
    public void Confirm(DeliveredMarkers delivered) => HasChanged |= _state.Confirm(delivered);

    /// <summary>Shows the group, if there is something to show of it. Groups are shown in ordinal order of their paths.</summary>
    public void Show(IHeldVisitor visitor) => _state.Show(visitor);

    private static long Nanoseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
}
