using System.Diagnostics.CodeAnalysis;
using PushGateway.Model;
using PushGateway.Push;

namespace PushGateway.Formats.Protobuf;

/// <summary>
/// Parses the protobuf format of Prometheus client libraries: messages <c>io.prometheus.client.MetricFamily</c>, each preceded by its
/// length as a varint. A metric becomes the series that Prometheus' <c>expfmt</c> exposes for it, in the same order.
/// </summary>
/// <remarks>
/// <para>
/// A histogram becomes <c>_bucket</c>, <c>_sum</c> and <c>_count</c> series. When it has no <c>+Inf</c> bucket, one is added with the
/// sample count. A summary becomes its quantiles, <c>_sum</c> and <c>_count</c>. A float count that is not 0 replaces the integer count. A
/// histogram with both classic and native buckets keeps only the classic ones. A histogram with only native buckets becomes one series with
/// the family's name and a <see cref="NativeHistogram"/> as its sample. Exemplars, creation times and unknown fields are skipped. When
/// several families have the same name, the last one is kept, as in Pushgateway, but the others must be valid, too.
/// </para>
/// <para>
/// A body is refused when an exposition could not show it: a family without a name or of an unknown type, a metric without the value field
/// of its family's type, names that are not legal, text that is not UTF-8, a label name that occurs twice, the label <c>__name__</c>, the
/// label <c>le</c> on a histogram or <c>quantile</c> on a summary, a negative count in a histogram, and a native histogram that Prometheus
/// would refuse (<see cref="NativeHistogram.Validate"/>).
/// </para>
/// </remarks>
public static class MetricFamilyParser
{
    [ThreadStatic]
    private static MetricFamilyScratch? _scratch;

    /// <summary>
    /// Appends a body to <paramref name="destination"/>, one sample for each series. In the steady state this allocates nothing. Limits are
    /// not checked.
    /// </summary>
    /// <param name="input">The whole body, decompressed.</param>
    /// <param name="destination">The caller has called <see cref="MetricBatch.BeginPush"/>, and rolls back when parsing fails.</param>
    /// <param name="context">Metrics without a timestamp get the time of receipt.</param>
    /// <param name="hasTimestamps">Whether any metric has its own timestamp. The caller may want to refuse it.</param>
    /// <param name="error"><see cref="RejectCode.ProtobufInvalid"/>.</param>
    /// <returns>Whether the body is valid.</returns>
    /// <exception cref="PushTooLargeException">As for <see cref="MetricBatch.BeginSeries"/>.</exception>
    public static bool TryParse(
        ReadOnlySpan<byte> input,
        MetricBatch destination,
        in ParseContext context,
        out bool hasTimestamps,
        [NotNullWhen(false)] out PushError? error)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var scratch = _scratch ??= new MetricFamilyScratch();
        var parse = new MetricFamilyParse(input, destination, context.ReceivedMs, scratch);
        error = parse.Run();
        hasTimestamps = parse.HasTimestamps;
        scratch.Trim();
        return error is null;
    }
}
