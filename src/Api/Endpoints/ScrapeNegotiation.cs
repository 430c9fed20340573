using Microsoft.Net.Http.Headers;
using PushGateway.Exposition;

namespace PushGateway.Api.Endpoints;

/// <summary>
/// Chooses format and encoding of the answer to a scrape. There is no 406: a scraper that accepts none of the formats gets text, and one
/// that accepts none of the encodings gets no encoding, as with expfmt and promhttp.
/// </summary>
internal static class ScrapeNegotiation
{
    private const string ProtobufProto = "io.prometheus.client.MetricFamily";
    private const string TextVersion = "0.0.4";
    private const string OpenMetricsVersion = "1.0.0";

    /// <summary>The format that the request prefers.</summary>
    public static ExpositionFormat FormatOf(HttpRequest request)
    {
        var ranges = request.GetTypedHeaders().Accept
            .Where(range => range.Quality is not 0)
            .OrderByDescending(range => range.Quality ?? 1)
            .ThenBy(range => range.MatchesAllTypes ? 2 : range.MatchesAllSubTypes ? 1 : 0);
        foreach (var range in ranges)
        {
            if (Match(range) is { } format)
            {
                return format;
            }
        }

        return ExpositionFormat.Text;
    }

    /// <summary>Whether the request prefers gzip to no encoding, which a client need not name.</summary>
    public static bool WantsGzip(HttpRequest request)
    {
        var codings = request.GetTypedHeaders().AcceptEncoding;
        var gzip = QualityOf(codings, "gzip") ?? 0;
        return gzip > 0 && gzip > (QualityOf(codings, "identity") ?? -1);
    }

    /// <summary>The <c>Content-Type</c> of a format.</summary>
    public static string ContentType(ExpositionFormat format) => format switch
    {
        ExpositionFormat.OpenMetrics => $"application/openmetrics-text; version={OpenMetricsVersion}; charset=utf-8",
        ExpositionFormat.Protobuf => $"application/vnd.google.protobuf; proto={ProtobufProto}; encoding=delimited",
        _ => $"text/plain; version={TextVersion}; charset=utf-8",
    };

    // A range without a version matches every version.
    private static ExpositionFormat? Match(MediaTypeHeaderValue range)
    {
        if (range.MatchesAllTypes || Is(range, "text/*") || (Is(range, "text/plain") && IsVersion(range, TextVersion)))
        {
            return ExpositionFormat.Text;
        }

        if (Is(range, "application/openmetrics-text") && IsVersion(range, OpenMetricsVersion))
        {
            return ExpositionFormat.OpenMetrics;
        }

        return Is(range, "application/vnd.google.protobuf") && Parameter(range, "proto") == ProtobufProto && Parameter(range, "encoding") == "delimited"
            ? ExpositionFormat.Protobuf
            : null;
    }

    private static bool Is(MediaTypeHeaderValue range, string mediaType) => range.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase);

    private static bool IsVersion(MediaTypeHeaderValue range, string version) => Parameter(range, "version") is not { } named || named == version;

    private static string? Parameter(MediaTypeHeaderValue range, string name) =>
        range.Parameters.FirstOrDefault(parameter => parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.GetUnescapedValue().Value;

    // When several match, the best quality counts. An asterisk matches everything.
    private static double? QualityOf(IList<StringWithQualityHeaderValue> codings, string name) => codings
        .Where(coding => coding.Value == "*" || coding.Value.Equals(name, StringComparison.OrdinalIgnoreCase))
        .Max(coding => (double?)(coding.Quality ?? 1));
}
