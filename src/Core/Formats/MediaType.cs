using System.Diagnostics.CodeAnalysis;

namespace PushGateway.Formats;

/// <summary>Which format a media type names.</summary>
public static class MediaType
{
    /// <summary>Media type of the gateway's own queue messages (Prometheus remote write 2.0).</summary>
    public const string RemoteWrite2 = "application/x-protobuf;proto=io.prometheus.write.v2.Request";

    private const string PrometheusProtobuf = "application/vnd.google.protobuf";

    private static readonly (string Type, PushFormat Format)[] Table =
    [
        ("application/json", PushFormat.Json),
        ("text/json", PushFormat.Json),
        ("application/x-ndjson", PushFormat.Json),
        ("application/ndjson", PushFormat.Json),
        ("application/jsonl", PushFormat.Json),
        ("text/plain", PushFormat.Text),
        ("application/openmetrics-text", PushFormat.OpenMetrics),
    ];

    private static readonly string[] Unspecific = ["application/x-www-form-urlencoded", "application/octet-stream", "*/*"];

    /// <summary>Finds the format of a <c>Content-Type</c> value. Parameters that do not decide the format are ignored.</summary>
    /// <returns>
    /// False when the media type is unknown. When it is missing or unspecific, the format is guessed from <paramref name="body"/>.
    /// </returns>
    public static bool TryGetFormat(string? contentType, ReadOnlySpan<byte> body, out PushFormat format)
    {
        var type = (contentType ?? "").AsSpan();
        type = (type.IndexOf(';') is var end and >= 0 ? type[..end] : type).Trim();
        if (type.IsEmpty || Contains(Unspecific, type))
        {
            format = Sniff(body);
            return true;
        }

        foreach (var (name, known) in Table)
        {
            if (type.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                format = known;
                return true;
            }
        }

        if (type.Equals(PrometheusProtobuf, StringComparison.OrdinalIgnoreCase))
        {
            format = PushFormat.Protobuf;
            return IsDelimitedMetricFamily(contentType);
        }

        format = type.EndsWith("+json", StringComparison.OrdinalIgnoreCase) ? PushFormat.Json : PushFormat.RemoteWrite2;
        return format == PushFormat.Json || IsRemoteWrite2(contentType!);
    }

    /// <summary>
    /// Guesses JSON or Prometheus text from the first tokens. <c>[</c>, <c>{}</c> and <c>{ "name" :</c> begin JSON. Everything else is
    /// text, in which <c>{ "name" ,</c> begins a series with a quoted name.
    /// </summary>
    public static PushFormat Sniff(ReadOnlySpan<byte> body)
    {
        body = body.StartsWith("\uFEFF"u8) ? body["\uFEFF"u8.Length..] : body;
        body = body.TrimStart(" \t\r\n"u8);
        if (body.StartsWith("["u8))
        {
            return PushFormat.Json;
        }

        if (!body.StartsWith("{"u8))
        {
            return PushFormat.Text;
        }

        body = body[1..].TrimStart(" \t\r\n"u8);
        if (body.StartsWith("}"u8))
        {
            return PushFormat.Json;
        }

        return TrySkipString(ref body) && body.TrimStart(" \t\r\n"u8).StartsWith(":"u8) ? PushFormat.Json : PushFormat.Text;
    }

    private static bool TrySkipString(ref ReadOnlySpan<byte> body)
    {
        if (!body.StartsWith("\""u8))
        {
            return false;
        }

        for (var i = 1; i < body.Length; i++)
        {
            if (body[i] == '\\')
            {
                i++;
            }
            else if (body[i] == '"')
            {
                body = body[(i + 1)..];
                return true;
            }
        }

        return false;
    }

    private static bool Contains(string[] types, ReadOnlySpan<char> type)
    {
        foreach (var candidate in types)
        {
            if (type.Equals(candidate, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    // Both parameters must be there, in any order, with exactly these values, as in Pushgateway.
    private static bool IsDelimitedMetricFamily(ReadOnlySpan<char> contentType)
    {
        bool? proto = null;
        bool? encoding = null;
        var parameters = new MediaTypeParameters(contentType);
        while (parameters.TryRead(out var name, out var value))
        {
            if (name.Equals("proto", StringComparison.OrdinalIgnoreCase))
            {
                proto = proto is not false && value.SequenceEqual("io.prometheus.client.MetricFamily");
            }
            else if (name.Equals("encoding", StringComparison.OrdinalIgnoreCase))
            {
                encoding = encoding is not false && value.SequenceEqual("delimited");
            }
        }

        return proto is true && encoding is true && !parameters.IsMalformed;
    }

    private static bool IsRemoteWrite2([NotNull] string contentType) =>
        contentType.StartsWith("application/x-protobuf", StringComparison.OrdinalIgnoreCase)
        && contentType.Contains("proto=io.prometheus.write.v2.Request", StringComparison.Ordinal);
}
