using PushGateway.Model;

namespace PushGateway.Groups;

/// <summary>
/// Which of two samples of one series is held: the later one. The rest of the order only makes the choice the same
/// whichever came first.
/// </summary>
internal static class SampleOrder
{
    public static int Compare(in Sample a, in Sample b)
    {
        var order = a.TimestampMs.CompareTo(b.TimestampMs);
        if (order == 0)
        {
            order = BitConverter.DoubleToUInt64Bits(a.Value).CompareTo(BitConverter.DoubleToUInt64Bits(b.Value));
        }

        return order != 0 ? order : a.IsInteger.CompareTo(b.IsInteger);
    }

    /// <summary>The sample to hold of those given; there is at least one.</summary>
    public static Sample Last(ReadOnlySpan<Sample> samples)
    {
        var last = samples[0];
        foreach (ref readonly var sample in samples[1..])
        {
            if (Compare(sample, last) > 0)
            {
                last = sample;
            }
        }

        return last;
    }
}
