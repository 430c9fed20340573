using System.Diagnostics.CodeAnalysis;
using PushGateway.Formats.Prometheus;
using PushGateway.Model;
using PushGateway.Push;

namespace PushGateway.Formats.OpenMetrics;

/// <summary>
/// Parses OpenMetrics 1.0 text strictly by the specification: its grammar, the rules of each metric type, and the rule that families,
/// metrics and points are not interleaved. There is one exception: HELP may contain an unescaped quote, as all other parsers allow.
/// </summary>
/// <remarks>
/// <para>
/// Series keep the names and label values of the body; <c>le="1.0"</c> stays as it is. Exemplars are checked and dropped. Timestamps are
/// rounded to milliseconds. When a metric has several points in one millisecond, the first one is kept.
/// </para>
/// <para>
/// The families of the batch differ from those of the body. They are the families of the text format 0.0.4, because
/// <see cref="FamilyName"/> must find them again from the series' names after the queue: the counter <c>foo</c> becomes the counter family
/// <c>foo_total</c>, the info <c>foo</c> the info family <c>foo_info</c>. <c>_created</c> samples stay series, as in a Prometheus that
/// scrapes them. They, and <c>_gsum</c> and <c>_gcount</c> samples, become gauge families of their own, because counters and histograms of
/// 0.0.4 have no such members. The OpenMetrics exposition joins them again.
/// </para>
/// <para>Families without samples are checked but not added to the batch. A label with an empty value counts as missing.</para>
/// </remarks>
public static class OpenMetricsParser
{
    [ThreadStatic]
    private static OpenMetricsScratch? _scratch;

    /// <summary>
    /// Appends a body to <paramref name="destination"/>: for each sample line one series with one sample. In the steady state this
    /// allocates nothing. Limits are not checked.
    /// </summary>
    /// <param name="input">The whole body, decompressed.</param>
    /// <param name="destination">The caller has called <see cref="MetricBatch.BeginPush"/>, and rolls back when parsing fails.</param>
    /// <param name="context">Samples without a timestamp get the time of receipt.</param>
    /// <param name="result">What the caller may want to refuse.</param>
    /// <param name="error"><see cref="RejectCode.OpenMetricsInvalid"/> with the line.</param>
    /// <returns>Whether the body is valid.</returns>
    /// <exception cref="PushTooLargeException">As for <see cref="MetricBatch.BeginSeries"/>.</exception>
    public static bool TryParse(
        ReadOnlySpan<byte> input,
        MetricBatch destination,
        in ParseContext context,
        out TextParseResult result,
        [NotNullWhen(false)] out PushError? error)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var scratch = _scratch ??= new OpenMetricsScratch();
        try
        {
            var parse = new OpenMetricsParse(input, destination, context.ReceivedMs, scratch);
            var parsed = parse.Run(out error);
            result = new TextParseResult(parse.TimestampLine, NamelessLine: 0);
            return parsed;
        }
        finally
        {
            scratch.Reset();
        }
    }
}
