namespace PushGateway.Formats;

/// <summary>Which format a media type names.</summary>
public static class MediaType
{
    /// <summary>Media type of the gateway's own queue messages (Prometheus remote write 2.0).</summary>
    public const string RemoteWrite2 = "application/x-protobuf;proto=io.prometheus.write.v2.Request";

    // Null means that the type does not tell the format.
    private static readonly (string Type, PushFormat? Format)[] Table =
    [
        ("", null),
        ("application/x-www-form-urlencoded", null),
        ("application/octet-stream", null),
        ("*/*", null),
        ("application/json", PushFormat.Json),
        ("text/json", PushFormat.Json),
        ("application/x-ndjson", PushFormat.Json),
        ("application/ndjson", PushFormat.Json),
        ("application/jsonl", PushFormat.Json),
        ("text/plain", PushFormat.Text),
        ("application/openmetrics-text", PushFormat.OpenMetrics),
        ("application/vnd.google.protobuf", PushFormat.Protobuf),
        ("application/x-protobuf", PushFormat.RemoteWrite2),
    ];

    /// <summary>Finds the format of a <c>Content-Type</c> value. Parameters that do not decide the format are ignored.</summary>
    /// <returns>
    /// False when the media type is unknown. When it is missing or unspecific, the format is guessed from <paramref name="body"/>.
    /// </returns>
    public static bool TryGetFormat(string? contentType, ReadOnlySpan<byte> body, out PushFormat format)
    {
        var type = (contentType ?? "").AsSpan();
        type = (type.IndexOf(';') is var end and >= 0 ? type[..end] : type).Trim();
        foreach (var (name, known) in Table)
        {
            if (type.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                format = known ?? Sniff(body);
                return known switch
                {
                    PushFormat.Protobuf => Has(contentType, "proto", "io.prometheus.client.MetricFamily") && Has(contentType, "encoding", "delimited"),
                    PushFormat.RemoteWrite2 => Has(contentType, "proto", "io.prometheus.write.v2.Request"),
                    _ => true,
                };
            }
        }

        format = PushFormat.Json;
        return type.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
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

    // As in Pushgateway, the parameter must have exactly this value wherever it stands.
    private static bool Has(ReadOnlySpan<char> contentType, string parameter, string wanted)
    {
        bool? found = null;
        var parameters = new MediaTypeParameters(contentType);
        while (parameters.TryRead(out var name, out var value))
        {
            found = name.Equals(parameter, StringComparison.OrdinalIgnoreCase) ? found is not false && value.SequenceEqual(wanted) : found;
        }

        return found is true && !parameters.IsMalformed;
    }
}
