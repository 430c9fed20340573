using System.Buffers;
using PushGateway.Model;

namespace PushGateway.Exposition;

/// <summary>
/// Writes a batch as messages <c>io.prometheus.client.MetricFamily</c>, each after its length as a varint, families and metrics in the order
/// of <see cref="PrometheusTextWriter"/>. The series of a histogram or summary that share their other labels and a timestamp become one metric.
/// </summary>
/// <remarks>
/// <para>
/// Counts that are not whole numbers travel in the float fields of a histogram; a summary, which has none, loses their fraction. A count
/// that is missing is taken from the bucket <c>+Inf</c>. What else is missing of a histogram or summary, a reader takes for 0.
/// </para>
/// <para>
/// Families of one name are written as one. Where their types differ, every name among their series becomes an untyped family of its own;
/// so does a series of a histogram or summary that is neither bucket, quantile, sum nor count. Native histograms stay what they are, and are
/// then a family of histograms of their own. Info and state set become a gauge.
/// </para>
/// </remarks>
public sealed class MetricFamilyWriter : ExpositionWriter
{
    private readonly ExposedFamilies _families;
    private readonly MetricFamilyEncoder _encoder;

    internal MetricFamilyWriter(MetricBatch batch, GroupReading? reading)
        : base(batch, reading?.GroupsEnd.Series ?? 0, reading) => (_families, _encoder) = (new ExposedFamilies(batch), new MetricFamilyEncoder(batch, Labels));

    /// <summary>Writes everything in <paramref name="batch"/>; nothing when it has no series.</summary>
    /// <param name="batch">The batch, which is only read. A timestamp of <see cref="Sample.NoTimestamp"/> is not written.</param>
    /// <param name="output">Where to write to.</param>
    public static void Write(MetricBatch batch, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(output);
        new MetricFamilyWriter(batch, null).WriteAll(output);
    }

    private protected override void WriteKeys(Span<ExposedSeries> keys) => _families.WriteKeys(keys);

    private protected override int Write(Span<ExposedSeries> rest, IBufferWriter<byte> output)
    {
        var rank = rest[0].Family;
        var end = 1;
        while (end < rest.Length && rest[end].Family == rank)
        {
            end++;
        }

        _encoder.Write(_families[rank], rest[..end], output);
        return end;
    }
}
