using PushGateway.Model;

namespace PushGateway.Groups;

/// <summary>
/// Which of two samples of one series is held: the later one. The rest of the order only makes the choice the same
/// whichever came first.
/// </summary>
internal static class SampleOrder
{
    public static int Compare(HeldSample a, HeldSample b)
    {
        var order = a.Sample.TimestampMs.CompareTo(b.Sample.TimestampMs);
        if (order == 0)
        {
            order = BitConverter.DoubleToUInt64Bits(a.Sample.Value).CompareTo(BitConverter.DoubleToUInt64Bits(b.Sample.Value));
        }

        order = order != 0 ? order : a.Sample.IsInteger.CompareTo(b.Sample.IsInteger);
        return order != 0 ? order : a.Histogram.SequenceCompareTo(b.Histogram);
    }

    /// <summary>The sample to hold of those given; there is at least one.</summary>
    public static Sample Last(ReadOnlySpan<Sample> samples, SymbolTable symbols)
    {
        var last = samples[0];
        foreach (ref readonly var sample in samples[1..])
        {
            if (Compare(new HeldSample(sample, symbols), new HeldSample(last, symbols)) > 0)
            {
                last = sample;
            }
        }

        return last;
    }
}
