using PushGateway.Model;
using PushGateway.Sinks;

namespace PushGateway.Core.Tests.Sinks;

/// <summary>Ranges that hold what is hard to encode.</summary>
internal static class RandomRange
{
    private static readonly string[] Names =
        ["a", "foo_bucket", "foo_sum", "Zone", "_", "__name", "__name___", "z:z", "größe", "名", new('n', 300)];

    private static readonly string[] Texts =
        ["", "x", "de\"f\\\n", "\u0000", "ümläut", "日本語", "🦔", new('v', 127), new('v', 128), new('w', 20_000)];

    private static readonly double[] Values =
    [
        0, -0.0, 1, -1, 0.1, 12.5, 1e300, 1L << 53, (1L << 53) + 2, -(1L << 53), double.Epsilon, double.MaxValue, double.MinValue,
        double.PositiveInfinity, double.NegativeInfinity, double.NaN, BitConverter.UInt64BitsToDouble(0xFFF8_DEAD_BEEF_0001),
        StaleMarker.Value,
    ];

    private static readonly long[] Times = [0, 1, -1, 127, 128, 1_795_361_979_123, long.MaxValue, long.MinValue + 1, uint.MaxValue];

    public static SampleRange Create(int seed)
    {
        var random = new Random(seed);
        var batch = new MetricBatch();
        var samples = new List<SeriesSample>();
        for (var push = random.Next(1, 4); push > 0; push--)
        {
            batch.BeginPush();
            for (var families = random.Next(4); families > 0; families--)
            {
                var family = batch.AddFamily(
                    batch.Symbols.Intern(Pick(random, Names)),
                    (MetricType)random.Next(8),
                    batch.Symbols.Intern(Pick(random, Texts)),
                    batch.Symbols.Intern(Pick(random, Texts)));
                for (var series = random.Next(4); series > 0; series--)
                {
                    AddSeries(random, batch, family, samples);
                }
            }
        }

        return new SampleRange(batch, samples.ToArray());
    }

    private static void AddSeries(Random random, MetricBatch batch, int family, List<SeriesSample> samples)
    {
        batch.BeginSeries(family, batch.Symbols.Intern(Pick(random, Names)));
        foreach (var name in Names.Where(_ => random.Next(3) == 0).Order(StringComparer.Ordinal))
        {
            batch.AddLabel(batch.Symbols.Intern(name), batch.Symbols.Intern(Pick(random, Texts)));
        }

        for (var count = random.Next(5); count > 0; count--)
        {
            var sample = new Sample(Pick(random, Times), Pick(random, Values), random.Next(2) == 0);
            batch.AddSample(sample);
            samples.Add(new SeriesSample(batch.Series.Length - 1, 0, sample));
        }

        batch.EndSeries();
    }

    private static T Pick<T>(Random random, T[] from) => from[random.Next(from.Length)];
}
