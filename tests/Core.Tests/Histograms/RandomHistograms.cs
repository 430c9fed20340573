using Google.Protobuf.Collections;
using PushGateway.Reference.ClientModel;

namespace PushGateway.Core.Tests.Histograms;

/// <summary>
/// Random valid native histograms by seed, as client libraries push them. What is 0 is left out, so that they compare equal to what is written.
/// </summary>
internal sealed class RandomHistograms(int seed)
{
    private static readonly double[] Sums = [1, -1, 0.1, 1e300, double.NaN, double.NegativeInfinity, double.Epsilon];
    private static readonly ulong[] Counts = [0, 1, 1, 2, 127, 128, 100_000, 1UL << 40];

    private readonly Random _random = new(seed);

    /// <summary>Whether counts may be floats.</summary>
    public bool Floats { get; init; } = true;

    /// <summary>Whether counts of floats are whole numbers, and agree.</summary>
    public bool Whole { get; init; }

    public Histogram Next()
    {
        var isFloat = Floats && _random.Next(3) == 0;
        var histogram = new Histogram();
        var schema = _random.Next(-4, 9);
        if (schema != 0)
        {
            histogram.Schema = schema;
        }

        if (_random.Next(3) > 0)
        {
            histogram.ZeroThreshold = _random.Next(2) == 0 ? 1e-128 : 0.001;
        }

        if (_random.Next(8) > 0)
        {
            histogram.SampleSum = Sums[_random.Next(Sums.Length)];
        }

        var positive = NextSide(histogram.PositiveSpan);
        var negative = NextSide(histogram.NegativeSpan);
        var zeros = Counts[_random.Next(Counts.Length)];
        var total = positive.Concat(negative).Aggregate(zeros, (sum, count) => sum + count);
        if (isFloat)
        {
            SetFloats(histogram, positive, negative, zeros, total);
        }
        else
        {
            SetIntegers(histogram, positive, negative, zeros, total);
        }

        // What tells a client library's native histogram from a classic one without buckets.
        if (histogram.PositiveSpan.Count == 0 && histogram.NegativeSpan.Count == 0)
        {
            histogram.PositiveSpan.Add(new BucketSpan());
        }

        return histogram;
    }

    private static IEnumerable<long> Deltas(IReadOnlyList<ulong> counts) =>
        counts.Select((count, i) => (long)count - (i == 0 ? 0 : (long)counts[i - 1]));

    private void SetIntegers(Histogram histogram, IReadOnlyList<ulong> positive, IReadOnlyList<ulong> negative, ulong zeros, ulong total)
    {
        histogram.PositiveDelta.Add(Deltas(positive));
        histogram.NegativeDelta.Add(Deltas(negative));
        if (zeros > 0)
        {
            histogram.ZeroCount = zeros;
        }

        // Observations of NaN are in no bucket, and make the sum NaN.
        histogram.SampleCount = double.IsNaN(histogram.SampleSum) ? total + (ulong)_random.Next(3) : total;
    }

    private void SetFloats(Histogram histogram, IReadOnlyList<ulong> positive, IReadOnlyList<ulong> negative, ulong zeros, ulong total)
    {
        var fraction = Whole ? 0 : 0.5;
        histogram.PositiveCount.Add(positive.Select(count => count + fraction));
        histogram.NegativeCount.Add(negative.Select(count => count + fraction));
        if (zeros + fraction > 0)
        {
            histogram.ZeroCountFloat = zeros + fraction;
        }

        // One without observations has to say by something that it is one of floats.
        histogram.SampleCountFloat = total == 0 && fraction == 0 ? 1 : total + fraction;
    }

    private List<ulong> NextSide(RepeatedField<BucketSpan> spans)
    {
        var counts = new List<ulong>();
        for (var i = _random.Next(4); i > 0; i--)
        {
            var (offset, length) = (spans.Count == 0 ? _random.Next(-200, 200) : _random.Next(5), _random.Next(4));
            var span = new BucketSpan();
            if (offset != 0)
            {
                span.Offset = offset;
            }

            if (length != 0)
            {
                span.Length = (uint)length;
            }

            spans.Add(span);
            counts.AddRange(Enumerable.Range(0, length).Select(_ => Counts[_random.Next(Counts.Length)]));
        }

        return counts;
    }
}
