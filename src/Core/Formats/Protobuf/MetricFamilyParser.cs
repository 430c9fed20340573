using System.Diagnostics.CodeAnalysis;
using PushGateway.Model;
using PushGateway.Push;

namespace PushGateway.Formats.Protobuf;

/// <summary>
/// Parses the protobuf format of Prometheus client libraries: messages <c>io.prometheus.client.MetricFamily</c>, each after its length as a
/// varint. A metric becomes the series that Prometheus' <c>expfmt</c> exposes for it, in the same order.
/// </summary>
/// <remarks>
/// <para>
/// Histograms become <c>_bucket</c>, <c>_sum</c> and <c>_count</c>, with a bucket <c>+Inf</c> from the sample count when the message has none;
/// summaries their quantiles, <c>_sum</c> and <c>_count</c>. A float count that is not 0 takes the place of the integer one. A histogram that
/// has both classic and native buckets keeps the classic ones; one that is only native becomes a single series of the family's name, with a
/// <see cref="NativeHistogram"/> as its sample. Exemplars and creation times are passed over, and so are unknown fields. Of families with the same name the last wins, as in Pushgateway; the others must be valid, too.
/// </para>
/// <para>
/// Refused is what an exposition could not show: a family without a name or of an unknown type, a metric that lacks the value field of its
/// family's type, names that are not legal, text that is not UTF-8, a label name given twice, <c>__name__</c>, the label <c>le</c> on a
/// histogram or <c>quantile</c> on a summary, a negative count in a histogram, and a native histogram that Prometheus would refuse
/// (<see cref="NativeHistogram.Validate"/>).
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
    /// <param name="destination">The caller has called <see cref="MetricBatch.BeginPush"/>, and rolls back when this fails.</param>
    /// <param name="context">The time of receipt is the timestamp of metrics that have none.</param>
    /// <param name="hasTimestamps">Whether a metric has a timestamp of its own, which the caller may want to refuse.</param>
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
