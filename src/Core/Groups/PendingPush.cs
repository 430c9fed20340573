using System.Globalization;
using PushGateway.Push;
using PushGateway.Wire;

namespace PushGateway.Groups;

/// <summary>The parts that have come of a push that was cut into several messages. It takes effect when all are there.</summary>
/// <param name="timeNs">The time of the push, which all parts have, nanoseconds since the Unix epoch.</param>
/// <param name="total">How many parts the push has.</param>
/// <param name="sinceNs">When the first part came here, nanoseconds since the Unix epoch.</param>
internal sealed class PendingPush(long timeNs, int total, long sinceNs)
{
    // SQS hands out a message again for as long as it takes, and a sender that was answered 503 sends no more parts.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(15);

    private readonly SortedDictionary<int, byte[]> _parts = [];

    /// <summary>The time of the push, nanoseconds since the Unix epoch.</summary>
    public long TimeNs => timeNs;

    /// <summary>When the first part came here, nanoseconds since the Unix epoch.</summary>
    public long SinceNs => sinceNs;

    /// <summary>Whether all parts are there.</summary>
    public bool IsWhole => _parts.Count == total;

    /// <summary>The families of the parts there are, as <see cref="PushedFamilyWriter.Save"/> wrote them.</summary>
    public IEnumerable<byte[]> Parts => _parts.Values;

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static PendingPush Read(ref BlobReader reader)
    {
        var push = new PendingPush(reader.ReadInt64(), (int)reader.ReadInt64(), reader.ReadInt64());
        for (var count = reader.ReadInt64(); count > 0; count--)
        {
            push._parts.Add((int)reader.ReadInt64(), reader.ReadBytes().ToArray());
        }

        return push;
    }

    /// <summary>Writes the push with its parts.</summary>
    public void Write(BlobWriter writer)
    {
        writer.WriteInt64(timeNs);
        writer.WriteInt64(total);
        writer.WriteInt64(sinceNs);
        writer.WriteInt64(_parts.Count);
        foreach (var (number, families) in _parts)
        {
            writer.WriteInt64(number);
            writer.WriteBytes(families);
        }
    }

    /// <summary>Adds a part; false when it is there.</summary>
    /// <param name="number">The number of the part, from 1.</param>
    /// <param name="families">Its families, as <see cref="PushedFamilyWriter.Save"/> wrote them.</param>
    public bool TryAdd(int number, byte[] families) => _parts.TryAdd(number, families);

    /// <summary>Whether the missing parts will not come.</summary>
    public bool IsGivenUp(long nowNs) => nowNs - sinceNs > LongestWait.Ticks * TimeSpan.NanosecondsPerTick;

    /// <summary>Why a part is refused when the others will not come.</summary>
    public PushError Incomplete() => new(
        RejectCode.PushIncomplete,
        string.Create(
            CultureInfo.InvariantCulture,
            $"{_parts.Count} of the {total} parts of the push have come within {LongestWait.TotalMinutes} minutes; nothing of it took effect"));

    /// <summary>What the parts that are there wait for.</summary>
    public string Waiting() => string.Create(CultureInfo.InvariantCulture, $"{_parts.Count} of the {total} parts of a push have come");
}
