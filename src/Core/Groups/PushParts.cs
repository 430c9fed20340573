using PushGateway.Wire;

namespace PushGateway.Groups;

/// <summary>The pushes to a group that were cut into several messages: those that are not whole yet, and the last ones that took effect.</summary>
internal sealed class PushParts
{
    private static readonly long RememberedNs = TimeSpan.FromHours(1).Ticks * TimeSpan.NanosecondsPerTick;

    private readonly List<PendingPush> _pending = [];
    private readonly SortedSet<long> _whole = [];

    /// <summary>Whether there is nothing to keep.</summary>
    public bool IsEmpty => _pending.Count == 0 && _whole.Count == 0;

    /// <summary>When the last push that is not whole began to come, nanoseconds since the Unix epoch; null without one.</summary>
    public long? PendingSinceNs => _pending.Count > 0 ? _pending.Max(static push => push.SinceNs) : null;

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static PushParts Read(ref BlobReader reader)
    {
        var parts = new PushParts();
        for (var count = reader.ReadInt64(); count > 0; count--)
        {
            parts._pending.Add(PendingPush.Read(ref reader));
        }

        for (var count = reader.ReadInt64(); count > 0; count--)
        {
            parts._whole.Add(reader.ReadInt64());
        }

        return parts;
    }

    /// <summary>Writes everything.</summary>
    public void Write(BlobWriter writer)
    {
        writer.WriteInt64(_pending.Count);
        _pending.ForEach(push => push.Write(writer));
        writer.WriteInt64(_whole.Count);
        foreach (var timeNs in _whole)
        {
            writer.WriteInt64(timeNs);
        }
    }

    /// <summary>Whether a push that took effect is remembered.</summary>
    public bool HasTakenEffect(long timeNs) => _whole.Contains(timeNs);

    /// <summary>Whether a push is older than those that are remembered.</summary>
    public static bool IsForgotten(long timeNs, long nowNs) => timeNs < nowNs - RememberedNs;

    /// <summary>The push of which some parts have come; null when none has.</summary>
    public PendingPush? Find(long timeNs) => _pending.Find(push => push.TimeNs == timeNs);

    /// <summary>The first part of a push has come.</summary>
    public PendingPush Begin(long timeNs, int total, long nowNs)
    {
        var push = new PendingPush(timeNs, total, nowNs);
        _pending.Add(push);
        return push;
    }

    /// <summary>A push took effect.</summary>
    public void End(PendingPush push)
    {
        _pending.Remove(push);
        _whole.Add(push.TimeNs);
    }

    /// <summary>Forgets what has had its time; whether there was anything.</summary>
    public bool Forget(long nowNs)
    {
        var given = _pending.RemoveAll(push => nowNs - push.SinceNs > RememberedNs);
        return given + _whole.RemoveWhere(timeNs => IsForgotten(timeNs, nowNs)) > 0;
    }
}
