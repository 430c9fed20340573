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
    // Before the state, in a row with parts of pushes.
    private const byte PartsKind = 3;

    private readonly GroupState _state;
    private readonly GroupWorkspace _work;
    private readonly PushParts _parts;

    /// <summary>Creates a group of which nothing is known.</summary>
    /// <param name="path">The path of its grouping key.</param>
    public GroupRow(string path)
        : this(new GroupState(id: 0, path), new PushParts(), new BlobPool())
    {
    }

    private GroupRow(GroupState state, PushParts parts, BlobPool headers)
    {
        _state = state;
        _parts = parts;
        _work = new GroupWorkspace(headers);
    }

    /// <summary>The path of the grouping key.</summary>
    public string Path => _state.Path;

    /// <summary>Whether the group is another than the one that was read, and is to be written.</summary>
    public bool HasChanged { get; private set; }

    /// <summary>When the group expires, nanoseconds since the Unix epoch; null when it does not, or has expired and the sink knows of it.</summary>
    public long? ExpiresAtNs => _state.ExpiresAtNs is < long.MaxValue and var time ? time : null;

    /// <summary>
    /// The time of the last push that emptied the group, or when the last push that is not whole began to come, nanoseconds since the Unix
    /// epoch, if the memory of it is all that is left; otherwise null. As long as an older push can be on its way, the row is needed.
    /// </summary>
    public long? TombstoneOfNs =>
        _state.IsTombstone && Math.Max(_state.LatestNs, _parts.PendingSinceNs ?? long.MinValue) is > long.MinValue and var time ? time : null;

    /// <summary>The expiry that is due once <see cref="ExpiresAtNs"/> is past.</summary>
    public PushHeader Expiry => _state.Expiry();

    /// <summary>Reads a row that <see cref="WriteRow"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is not one.</exception>
    public static GroupRow ReadRow(ReadOnlySpan<byte> row)
    {
        var headers = new BlobPool();
        var reader = new BlobReader(row);
        var kind = reader.ReadByte();
        var parts = new PushParts();
        if (kind == PartsKind)
        {
            parts = PushParts.Read(ref reader);
            kind = reader.ReadByte();
        }

        return kind == GroupState.RowKind
            ? new GroupRow(GroupState.ReadRow(id: 0, reader, headers), parts, headers)
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
        if (!_parts.IsEmpty)
        {
            _work.Scratch.WriteByte(PartsKind);
            _parts.Write(_work.Scratch);
        }

        _state.WriteRow(_work.Scratch);
        destination.Write(_work.Scratch.Written);
    }

    /// <summary>
    /// Applies a push to this group, or a deletion whose selector takes it. Returns null, or why there is no room for it. A part of a push is
    /// kept until all are there, and refused when the others do not come: <see cref="WaitingFor"/> says whether it took effect.
    /// </summary>
    /// <param name="push">The push.</param>
    /// <param name="options">Limits; those on the number of groups are not looked at.</param>
    /// <param name="tellsSink">As <see cref="GroupEffects.TellsSink"/>.</param>
    /// <param name="now">The time.</param>
    public PushError? Apply(in BatchedPush push, GroupStoreOptions options, bool tellsSink, DateTimeOffset now)
    {
        var nowNs = Nanoseconds(now);
        HasChanged |= _parts.Forget(nowNs);
        if (push.Header.Operation is not (PushOperation.Delete or PushOperation.Expire))
        {
            _work.Families.Encode(push);
            if (push.Header is { PushesToGroup: true, Part: { } part })
            {
                return ApplyPart(push.Header, part, options, tellsSink, nowNs);
            }

            if (push.Header.PushesToGroup && _state.FindRefusal(AwaitedPush.Of(push.Header, _work.Families), options) is { } refusal)
            {
                return refusal;
            }
        }

        HasChanged |= _state.Apply(push.Header, _work, tellsSink, nowNs);
        return null;
    }

    /// <summary>What a part of a push waits for; null when the push took effect, and for a push that is no part.</summary>
    public string? WaitingFor(PushHeader push) =>
        push is { PushesToGroup: true, Part: not null } && _parts.Find(push.PushTimeNs) is { Refusal: null } pending ? pending.Waiting() : null;

    /// <summary>Tells what pushes of one time have ended.</summary>
    /// <param name="pushTimeNs">Their time, nanoseconds since the Unix epoch.</param>
    /// <param name="index">The index of the first of them in the effects.</param>
    /// <param name="effects">The effects.</param>
    public void ReadEnded(long pushTimeNs, int index, GroupEffects effects) => _state.ReadEnded(pushTimeNs, index, effects);

    /// <summary>The sink has stale markers, those of other groups possibly among them, as <see cref="IGroupStore.ConfirmAsync"/> says.</summary>
    public void Confirm(DeliveredMarkers delivered) => HasChanged |= _state.Confirm(delivered);

    /// <summary>Shows the group, if there is something to show of it. Groups are shown in ordinal order of their paths.</summary>
    public void Show(IHeldVisitor visitor) => _state.Show(visitor);

    // The families of the part are in the workspace.
    private PushError? ApplyPart(PushHeader push, PushPart part, GroupStoreOptions options, bool tellsSink, long nowNs)
    {
        if (_parts.HasTakenEffect(push.PushTimeNs))
        {
            return null;
        }

        var pending = _parts.Find(push.PushTimeNs);

        // Nobody knows whether the others have come already: the join of all is right in the end.
        if (pending is null && PushParts.IsForgotten(push.PushTimeNs, nowNs))
        {
            HasChanged |= _state.Apply(push, _work, tellsSink, nowNs);
            return null;
        }

        pending ??= _parts.Begin(push.PushTimeNs, part.Total, nowNs);
        HasChanged |= pending.TryAdd(part, _work.Families.Save());
        if (!pending.IsWhole)
        {
            HasChanged |= pending.GiveUpAfter(nowNs);
            return pending.Refusal;
        }

        if (_state.FindRefusal(Count(push, pending), options) is { } refusal)
        {
            pending.Refuse(refusal);
            return refusal;
        }

        foreach (var families in pending.Parts)
        {
            _work.Families.Load(families);
            _state.Apply(push, _work, tellsSink, nowNs);
        }

        _parts.End(pending);
        return null;
    }

    private AwaitedPush Count(PushHeader push, PendingPush pending)
    {
        var all = new AwaitedPush(push.Operation == PushOperation.Replace, [], 0);
        foreach (var families in pending.Parts)
        {
            _work.Families.Load(families);
            all = all.With(AwaitedPush.Of(push, _work.Families));
        }

        return all;
    }

    private static long Nanoseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
}
