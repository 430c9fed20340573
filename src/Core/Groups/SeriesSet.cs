using PushGateway.Model;

namespace PushGateway.Groups;

/// <summary>
/// The series of a family as one blob: entries of key and sample, sorted by key, no key twice. Equal sets are equal bytes.
/// </summary>
internal static class SeriesSet
{
    public static void WriteEntry(BlobWriter writer, ReadOnlySpan<byte> key, in Sample sample)
    {
        writer.WriteBytes(key);
        WriteSample(writer, sample);
    }

    public static void WriteSample(BlobWriter writer, in Sample sample)
    {
        writer.WriteInt64(sample.TimestampMs);
        writer.WriteInt64(BitConverter.DoubleToInt64Bits(sample.Value));
        writer.WriteByte(sample.IsInteger ? (byte)1 : (byte)0);
    }

    public static Sample ReadSample(ref BlobReader reader) =>
        new(reader.ReadInt64(), BitConverter.Int64BitsToDouble(reader.ReadInt64()), reader.ReadByte() != 0);

    /// <summary>Number of series in a set.</summary>
    public static int Count(ReadOnlySpan<byte> set)
    {
        var count = 0;
        var series = new SeriesSetReader(set);
        while (series.MoveNext())
        {
            count++;
        }

        return count;
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
            if (order < 0 || (order == 0 && SampleOrder.Compare(left.Sample, right.Sample) >= 0))
            {
                WriteEntry(scratch, left.Key, left.Sample);
            }
            else
            {
                WriteEntry(scratch, right.Key, right.Sample);
            }

            inLeft = order <= 0 ? left.MoveNext() : inLeft;
            inRight = order >= 0 ? right.MoveNext() : inRight;
        }

        return scratch.Written.SequenceEqual(a) ? a : scratch.Written.ToArray();
    }
}
