using System.Diagnostics.CodeAnalysis;
using PushGateway.Formats.Prometheus;
using PushGateway.Model;
using PushGateway.Push;

namespace PushGateway.Formats.Text;

/// <summary>
/// Parses the Prometheus text format 0.0.4. The verdict on every input, and the reason, are those of Prometheus' <c>expfmt</c> with
/// legacy name validation, the parser of Pushgateway 1.11: quoted names are understood, and refused unless they are legacy names.
/// </summary>
/// <remarks>
/// <para>
/// The model is series, not expfmt's tree of metrics. What that tree does to histograms and summaries is done here line by line:
/// <c>le</c> and <c>quantile</c> are rewritten in Go's canonical form and dropped from <c>_sum</c> and <c>_count</c>, a summary's count
/// loses its fraction, <c>h{le="1"}</c> becomes <c>h_bucket{le="1"}</c>, and a line that is neither bucket, quantile, sum nor count is
/// left out.
/// </para>
/// <para>
/// Different from the tree: nothing is added that was not pushed (expfmt exposes a missing sum, count or <c>+Inf</c> bucket);
/// a series given twice stands twice, in order (in the tree the last <c>_sum</c> and <c>_count</c> win); a timestamp belongs to
/// its line, not to all lines of a histogram or summary; a negative or NaN count of a summary, undefined in Go, stays as pushed.
/// </para>
/// <para>Families that have no sample stay in <see cref="MetricBatch.Families"/>, and no series refers to them.</para>
/// </remarks>
public static class PrometheusTextParser
{
    [ThreadStatic]
    private static ParseScratch? _scratch;

    /// <summary>
    /// Appends a body to <paramref name="destination"/>, one series with one sample for each sample line. In the steady state this
    /// allocates nothing. Limits are not checked.
    /// </summary>
    /// <param name="input">The whole body, decompressed.</param>
    /// <param name="destination">The caller has called <see cref="MetricBatch.BeginPush"/>, and rolls back when this fails.</param>
    /// <param name="context">The time of receipt is the timestamp of samples that have none.</param>
    /// <param name="result">What the caller may still want to refuse.</param>
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
