using System.Globalization;
using System.Text;
using PushGateway.Push;
using PushGateway.Wire;

namespace PushGateway.Groups;

/// <summary>
/// The parts that have come of a push that was cut into several messages. It takes effect when all are there. Once one of its parts was
/// refused, all others are, too.
/// </summary>
/// <param name="timeNs">The time of the push, which all parts have, nanoseconds since the Unix epoch.</param>
/// <param name="total">How many parts the push has.</param>
/// <param name="sinceNs">When the first part came here, nanoseconds since the Unix epoch.</param>
internal sealed class PendingPush(long timeNs, int total, long sinceNs)
{
    // The parts were queued at one moment. A queue hides a part for minutes when the worker that had it died.
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private readonly SortedDictionary<int, byte[]> _parts = [];

    /// <summary>The time of the push, nanoseconds since the Unix epoch.</summary>
    public long TimeNs => timeNs;

    /// <summary>When the first part came here, nanoseconds since the Unix epoch.</summary>
    public long SinceNs => sinceNs;

    /// <summary>Why the parts are refused; null when they are not.</summary>
    public PushError? Refusal { get; private set; }

    /// <summary>Whether all parts are there.</summary>
    public bool IsWhole => _parts.Count == total;

    /// <summary>The families of the parts there are, as <see cref="PushedFamilyWriter.Save"/> wrote them.</summary>
    public IEnumerable<byte[]> Parts => _parts.Values;

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public static PendingPush Read(ref BlobReader reader)
    {
        var push = new PendingPush(reader.ReadInt64(), (int)reader.ReadInt64(), reader.ReadInt64());
        var code = Encoding.UTF8.GetString(reader.ReadBytes());
        var detail = Encoding.UTF8.GetString(reader.ReadBytes());
        push.Refusal = code.Length > 0 ? new PushError(code, detail) : null;
        for (var count = reader.ReadInt64(); count > 0; count--)
        {
            if (!push._parts.TryAdd((int)reader.ReadInt64(), reader.ReadBytes().ToArray()))
            {
                throw new InvalidDataException("a part of a push that is stored twice");
            }
        }

        return push;
    }

    /// <summary>Writes the push with its parts.</summary>
    public void Write(BlobWriter writer)
    {
        writer.WriteInt64(timeNs);
        writer.WriteInt64(total);
        writer.WriteInt64(sinceNs);
        writer.WriteBytes(Encoding.UTF8.GetBytes(Refusal?.Code ?? ""));
        writer.WriteBytes(Encoding.UTF8.GetBytes(Refusal?.Detail ?? ""));
        writer.WriteInt64(_parts.Count);
        foreach (var (number, families) in _parts)
        {
            writer.WriteInt64(number);
            writer.WriteBytes(families);
        }
    }

    /// <summary>Adds a part, or refuses the push when its parts disagree. False when nothing has changed.</summary>
    /// <param name="part">Which part.</param>
    /// <param name="families">Its families, as <see cref="PushedFamilyWriter.Save"/> wrote them.</param>
    public bool TryAdd(PushPart part, byte[] families)
    {
        if (part.Total != total)
        {
            return Refuse(new PushError(
                RejectCode.MessageInvalid, string.Create(CultureInfo.InvariantCulture, $"the parts of a push disagree: one is of {total}, one is {part}")));
        }

        return Refusal is null && _parts.TryAdd(part.Number, families);
    }

    /// <summary>Refuses the push if its other parts have not come for too long. False when nothing has changed.</summary>
    public bool GiveUpAfter(long nowNs) => nowNs - sinceNs > LongestWait.Ticks * TimeSpan.NanosecondsPerTick && Refuse(new PushError(
        RejectCode.PushIncomplete,
        string.Create(
            CultureInfo.InvariantCulture,
            $"{_parts.Count} of the {total} parts of the push have come within {LongestWait.TotalMinutes} minutes; nothing of it took effect")));

    /// <summary>Refuses the push: nothing of it is kept but the reason. False when it was refused before.</summary>
    public bool Refuse(PushError reason)
    {
        if (Refusal is not null)
        {
            return false;
        }

        Refusal = reason;
        _parts.Clear();
        return true;
    }

    /// <summary>What the parts that are there wait for.</summary>
    public string Waiting() => string.Create(CultureInfo.InvariantCulture, $"{_parts.Count} of the {total} parts of a push have come");
}
