using Google.Protobuf;
using PushGateway.Reference.ClientModel;

namespace PushGateway.Core.Tests.Formats.Protobuf;

/// <summary>Random families by seed, such as a client could push: names are unique, and so are a family's label sets and a metric's bounds.</summary>
internal sealed class RandomFamilies(int seed)
{
    private static readonly string[] Names = ["a", "b_total", "c_seconds", "x:y", "_u", "queue", "rpc", "Z9"];
    private static readonly string[] LabelNames = ["a", "code", "method", "_x", "A9"];
    private static readonly string[] LabelValues = ["", "x", "200", "\"q\"", "a\\b", "new\nline", "ü", "日本", "{},="];
    private static readonly double[] Bounds = [-1, 0, 0.005, 0.1, 0.5, 0.99, 1, 2.5, 1e6, 1e21, 24.999999999999996];

    private static readonly double[] Values =
        [0, 1, -1, 1.5, 1e-7, 123456789, 1e300, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 9007199254740993, double.Epsilon];

    private readonly Random _random = new(seed);

    /// <summary>Whether metrics may have timestamps.</summary>
    public bool Timestamps { get; init; } = true;

    /// <summary>Up to five families.</summary>
    public IReadOnlyList<MetricFamily> Next() => [.. Shuffled(Names).Take(_random.Next(1, 6)).Select(NextFamily)];

    /// <summary>The messages, each after its length.</summary>
    public static byte[] Encode(params IEnumerable<MetricFamily> families)
    {
        using var body = new MemoryStream();
        foreach (var family in families)
        {
            family.WriteDelimitedTo(body);
        }

        return body.ToArray();
    }

    private MetricFamily NextFamily(string name)
    {
        var family = new MetricFamily { Name = name };
        if (_random.Next(2) == 0)
        {
            family.Help = Pick(["text", "back\\slash", "two\nlines", "ünï"]);
        }

        // A counter may leave its type out.
        var type = (MetricType)_random.Next(6);
        if (type != MetricType.Counter || _random.Next(2) == 0)
        {
            family.Type = type;
        }

        var labels = Shuffled(LabelNames).Take(_random.Next(3)).ToArray();
        for (var i = 0; i < _random.Next(4); i++)
        {
            family.Metric.Add(NextMetric(type, [.. labels, "n"], i));
        }

        return family;
    }

    private Metric NextMetric(MetricType type, string[] labels, int index)
    {
        var metric = new Metric();
        foreach (var label in labels)
        {
            metric.Label.Add(new LabelPair { Name = label, Value = label == "n" ? $"{index}" : Pick(LabelValues) });
        }

        if (Timestamps && _random.Next(3) == 0)
        {
            metric.TimestampMs = _random.NextInt64(-10, 1_700_000_000_000);
        }

        switch (type)
        {
            case MetricType.Counter:
                metric.Counter = new Counter { Value = Pick(Values), Exemplar = new Exemplar { Value = 1 } };
                break;
            case MetricType.Gauge:
                metric.Gauge = _random.Next(5) == 0 ? new Gauge() : new Gauge { Value = Pick(Values) };
                break;
            case MetricType.Untyped:
                metric.Untyped = new Untyped { Value = Pick(Values) };
                break;
            case MetricType.Summary:
                metric.Summary = NextSummary();
                break;
            default:
                metric.Histogram = NextHistogram();
                break;
        }

        return metric;
    }

    private Summary NextSummary()
    {
        var summary = new Summary { SampleCount = (ulong)_random.Next(1000), SampleSum = Pick(Values) };
        foreach (var quantile in Bounds.Where(_ => _random.Next(3) == 0))
        {
            summary.Quantile.Add(new Quantile { Quantile_ = quantile, Value = Pick(Values) });
        }

        return summary;
    }

    private Histogram NextHistogram()
    {
        var histogram = new Histogram { SampleSum = Pick(Values) };
        var isFloat = _random.Next(4) == 0;
        var count = 0UL;
        double[] bounds = _random.Next(3) == 0 ? [.. Bounds, double.PositiveInfinity] : Bounds;
        foreach (var bound in bounds.Where(bound => double.IsInfinity(bound) || _random.Next(3) == 0))
        {
            count += (ulong)_random.Next(10);
            var bucket = new Bucket { UpperBound = bound, Exemplar = new Exemplar { Value = bound } };
            if (isFloat)
            {
                bucket.CumulativeCountFloat = count + 0.5;
            }
            else
            {
                bucket.CumulativeCount = count;
            }

            histogram.Bucket.Add(bucket);
        }

        histogram.SampleCount = count;
        if (isFloat)
        {
            histogram.SampleCountFloat = count + 0.5;
        }

        // Native buckets beside classic ones.
        if (histogram.Bucket.Count > 0 && _random.Next(4) == 0)
        {
            histogram.Schema = 3;
            histogram.ZeroThreshold = 1e-9;
            histogram.PositiveSpan.Add(new BucketSpan { Offset = -2, Length = 2 });
            histogram.PositiveDelta.Add([1, -1]);
        }

        return histogram;
    }

    private T[] Shuffled<T>(T[] items)
    {
        var copy = items.ToArray();
        _random.Shuffle(copy);
        return copy;
    }

    private T Pick<T>(T[] items) => items[_random.Next(items.Length)];
}
