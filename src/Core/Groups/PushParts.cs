using PushGateway.Wire;

namespace PushGateway.Groups;

/// <summary>
/// The pushes to a group that were cut into several messages: those that are not whole or were refused, and those that took effect in the
/// last hour.
/// </summary>
internal sealed class PushParts
{
    // A refusal is remembered for as long as a queue may keep a part. Only a producer that never sends the other parts has more of them.
    private const int MostPending = 100;

    private static readonly long RememberedNs = Nanoseconds(TimeSpan.FromHours(1));
    private static readonly long LongestPendingNs = Nanoseconds(TimeSpan.FromDays(14));

    private readonly List<PendingPush> _pending = [];
    private readonly SortedSet<long> _whole = [];

    /// <summary>Whether there is nothing to keep.</summary>
    public bool IsEmpty => _pending.Count == 0 && _whole.Count == 0;

    /// <summary>When the last push that is not whole began to come, nanoseconds since the Unix epoch; null without one.</summary>
    public long? PendingSinceNs => _pending.Count > 0 ? _pending.Max(static push => push.SinceNs) : null;

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
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

    /// <summary>Whether a push took effect in the last hour.</summary>
    public bool HasTakenEffect(long timeNs) => _whole.Contains(timeNs);

    /// <summary>Whether nobody remembers any more what became of a push of that time.</summary>
    public static bool IsForgotten(long timeNs, long nowNs) => timeNs < nowNs - RememberedNs;

    /// <summary>The push of which some parts have come; null when none has.</summary>
    public PendingPush? Find(long timeNs) => _pending.Find(push => push.TimeNs == timeNs);

    /// <summary>The first part of a push has come.</summary>
    public PendingPush Begin(long timeNs, int total, long nowNs)
    {
        if (_pending.Count == MostPending)
        {
            _pending.RemoveAt(0);
        }

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
        var forgotten = _pending.RemoveAll(push => nowNs - push.SinceNs > LongestPendingNs);
        return forgotten + _whole.RemoveWhere(timeNs => IsForgotten(timeNs, nowNs)) > 0;
    }

    private static long Nanoseconds(TimeSpan time) => time.Ticks * TimeSpan.NanosecondsPerTick;
}
