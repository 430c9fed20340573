using PushGateway.Model;
using PushGateway.Wire;

namespace PushGateway.Groups;

/// <summary>
/// The series of a family as one blob: entries of key and sample, sorted by key, no key twice. Equal sets are equal bytes.
/// </summary>
internal static class SeriesSet
{
    private const byte IsInteger = 1;
    private const byte HasHistogram = 2;

    public static void WriteEntry(BlobWriter writer, ReadOnlySpan<byte> key, HeldSample sample)
    {
        writer.WriteBytes(key);
        WriteSample(writer, sample);
    }

    public static void WriteSample(BlobWriter writer, HeldSample sample)
    {
        writer.WriteInt64(sample.Sample.TimestampMs);
        writer.WriteInt64(BitConverter.DoubleToInt64Bits(sample.Sample.Value));
        writer.WriteByte((byte)((sample.Sample.IsInteger ? IsInteger : 0) | (sample.Histogram.IsEmpty ? 0 : HasHistogram)));
        if (!sample.Histogram.IsEmpty)
        {
            writer.WriteBytes(sample.Histogram);
        }
    }

    public static HeldSample ReadSample(scoped ref BlobReader reader)
    {
        var (timestampMs, value, flags) = (reader.ReadInt64(), BitConverter.Int64BitsToDouble(reader.ReadInt64()), reader.ReadByte());
        return new HeldSample(
            new Sample(timestampMs, value, (flags & IsInteger) != 0),
            (flags & HasHistogram) != 0 ? reader.ReadBytes() : default);
    }

    /// <summary>The union of two sets; of a series in both, the sample that <see cref="SampleOrder"/> puts last.</summary>
    /// <returns><paramref name="a"/> itself when it holds all of <paramref name="b"/>, else a new array.</returns>
    public static byte[] Join(byte[] a, ReadOnlySpan<byte> b, BlobWriter scratch)
    {
        if (b.SequenceEqual(a))
        {
            return a;
        }

        scratch.Clear();
        var left = new SeriesSetReader(a);
        var right = new SeriesSetReader(b);
        var inLeft = left.MoveNext();
        var inRight = right.MoveNext();
        while (inLeft || inRight)
        {
            var order = !inLeft ? 1 : !inRight ? -1 : left.Key.SequenceCompareTo(right.Key);
            if (order < 0 || (order == 0 && SampleOrder.Compare(left.Held, right.Held) >= 0))
            {
                WriteEntry(scratch, left.Key, left.Held);
            }
            else
            {
                WriteEntry(scratch, right.Key, right.Held);
            }

            inLeft = order <= 0 ? left.MoveNext() : inLeft;
            inRight = order >= 0 ? right.MoveNext() : inRight;
        }

        return scratch.Written.SequenceEqual(a) ? a : scratch.Written.ToArray();
    }
}
