using System.Diagnostics.CodeAnalysis;
using PushGateway.Formats.Prometheus;
using PushGateway.Model;
using PushGateway.Push;

namespace PushGateway.Formats.Text;

/// <summary>
/// Parses the Prometheus text format 0.0.4. It accepts and refuses the same input as Prometheus' <c>expfmt</c> with legacy name validation,
/// the parser of Pushgateway 1.11, and gives the same reasons. Quoted names are understood, but refused unless they are legacy names.
/// </summary>
/// <remarks>
/// <para>
/// The model is series; expfmt's model is a tree of metrics. What the tree does to histograms and summaries is done here line by line:
/// <c>le</c> and <c>quantile</c> are rewritten in Go's canonical form and removed from <c>_sum</c> and <c>_count</c>, a summary's count
/// loses its fraction, <c>h{le="1"}</c> becomes <c>h_bucket{le="1"}</c>, and a line of a histogram or summary that is neither bucket,
/// quantile, sum nor count is dropped.
/// </para>
/// <para>
/// There are differences from the tree. Nothing is added that was not pushed; expfmt exposes a missing sum, count or <c>+Inf</c> bucket. A
/// series that occurs twice is added twice, in order; in the tree the last <c>_sum</c> and <c>_count</c> win. A timestamp belongs to its
/// line, not to all lines of a histogram or summary. A negative or NaN count of a summary, which is undefined in Go, stays as pushed.
/// </para>
/// <para>Families without a sample stay in <see cref="MetricBatch.Families"/>, but no series refers to them.</para>
/// </remarks>
public static class PrometheusTextParser
{
    [ThreadStatic]
    private static ParseScratch? _scratch;

    /// <summary>
    /// Appends a body to <paramref name="destination"/>: for each sample line one series with one sample. In the steady state this
    /// allocates nothing. Limits are not checked.
    /// </summary>
    /// <param name="input">The whole body, decompressed.</param>
    /// <param name="destination">The caller has called <see cref="MetricBatch.BeginPush"/>, and rolls back when parsing fails.</param>
    /// <param name="context">Samples without a timestamp get the time of receipt.</param>
    /// <param name="result">What the caller may want to refuse.</param>
    /// <param name="error"><see cref="RejectCode.TextInvalid"/> with expfmt's sentence and line.</param>
    /// <returns>Whether the body is valid.</returns>
    public static bool TryParse(
        ReadOnlySpan<byte> input,
        MetricBatch destination,
        in ParseContext context,
        out TextParseResult result,
        [NotNullWhen(false)] out PushError? error)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var scratch = _scratch ??= new ParseScratch();
        var parse = new TextParse(input, destination, context.ReceivedMs, scratch);
        var parsed = parse.Run(out error);
        result = new TextParseResult(parse.TimestampLine, parse.NamelessLine);
        scratch.Reset();
        return parsed;
    }
}
