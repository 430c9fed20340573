using System.Buffers;
using PushGateway.Formats.Text;
using PushGateway.Model;

namespace PushGateway.Formats.Protobuf;

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
public static class MetricFamilyWriter
{
    /// <summary>Writes everything in <paramref name="batch"/>; nothing when it has no series.</summary>
    /// <param name="batch">The batch, which is only read. A timestamp of <see cref="Sample.NoTimestamp"/> is not written.</param>
    /// <param name="output">Where to write to.</param>
    public static void Write(MetricBatch batch, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(output);
        var count = batch.Series.Length;
        var order = ArrayPool<TextSeriesKey>.Shared.Rent(count);
        try
        {
            var keys = order.AsSpan(0, count);
            var families = new TextFamilies(batch);
            families.WriteKeys(keys);
            keys.Sort(new TextSeriesOrder(batch));
            var encoder = new MetricFamilyEncoder(batch, output);
            while (!keys.IsEmpty)
            {
                var rank = keys[0].Family;
                var end = 1;
                while (end < keys.Length && keys[end].Family == rank)
                {
                    end++;
                }

                encoder.Write(families[rank], keys[..end]);
                keys = keys[end..];
            }
        }
        finally
        {
            ArrayPool<TextSeriesKey>.Shared.Return(order);
        }
    }
}
