using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace PushGateway.EndToEnd.Tests.Conformance;

/// <summary>
/// What is compared of an answer, in one line: status, Allow of a 405, Location of a redirect, what scripts of other sites may do, content type,
/// encoding, body.
/// </summary>
static partial class AnswerReader
{
    /// <summary>Stands for a connection that was closed without an answer.</summary>
    const string NoAnswer = "no answer";

    // Says that names that need escaping would be escaped; there are none.
    const string Escaping = "; escaping=underscores";

    const string InconsistentPush = "pushed metrics are invalid or inconsistent with existing metrics: ";

    static readonly JsonSerializerOptions Quoting = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static string Read(ConformanceRequest request, byte[] answer)
    {
        var end = answer.AsSpan().IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return NoAnswer;

        var lines = Encoding.Latin1.GetString(answer, 0, end).Split("\r\n");
        var headers = lines.Skip(1)
            .Select(line => line.Split(": ", 2))
            .ToLookup(parts => parts[0], parts => parts.ElementAtOrDefault(1) ?? "", StringComparer.OrdinalIgnoreCase);
        var status = int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture);
        var line = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{request.Method} {status}");
        if (status == 405 || request.Method == "OPTIONS")
            line.Append(CultureInfo.InvariantCulture, $" allow \"{string.Join(", ", headers["Allow"])}\"");
        if (status / 100 == 3)
            line.Append(" redirect");
        foreach (var header in headers.Where(header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase)).OrderBy(header => header.Key))
            line.Append(CultureInfo.InvariantCulture, $" {header.Key} \"{string.Join(", ", header)}\"");
        if (headers.Contains("Cache-Control"))
            line.Append(CultureInfo.InvariantCulture, $" cache \"{string.Join(", ", headers["Cache-Control"])}\"");
        line.Append(CultureInfo.InvariantCulture, $" type \"{string.Join(", ", headers["Content-Type"]).Replace(Escaping, "", StringComparison.Ordinal)}\"");
        if (headers.Contains("Content-Encoding"))
            line.Append(CultureInfo.InvariantCulture, $" encoding \"{string.Join(", ", headers["Content-Encoding"])}\"");
        if (!request.IsBodyIgnored)
        {
            var body = headers["Transfer-Encoding"].Contains("chunked") ? Unchunk(answer.AsSpan(end + 4)) : answer[(end + 4)..];
            body = headers["Content-Encoding"].Contains("gzip") ? Unzip(body) : body;
            var text = Encoding.UTF8.GetString(body);
            text = request.ExposedToken is not { } token ? Canonical(text)
                : headers["Content-Type"].Contains("application/json") ? CanonicalJson.Read(text, token)
                : string.Join('\n', ExposedState.Read(text, token));
            line.Append(CultureInfo.InvariantCulture, $" body {JsonSerializer.Serialize(text, Quoting)}");
        }

        return line.ToString();
    }

    static byte[] Unzip(byte[] body)
    {
        using var plain = new MemoryStream();
        using (var gzip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress))
            gzip.CopyTo(plain);
        return plain.ToArray();
    }

    // A Pushgateway goes through its groups and families in random order, and protobuf's text form has random spaces. So metrics are
    // left out of errors, errors are sorted, and it does not matter which of two that clash came first.
    static string Canonical(string body)
    {
        if (!body.StartsWith(InconsistentPush, StringComparison.Ordinal))
            return body;
        var errors = MetricDump().Replace(body[InconsistentPush.Length..], "{...}");
        errors = Collision().Replace(errors, "{...} collides with {...}");
        errors = TypeClash().Replace(errors, "{...} is not a {...}");
        return InconsistentPush + string.Join('\n', errors.TrimEnd('\n').Split('\n').Order(StringComparer.Ordinal)) + "\n";
    }

    static byte[] Unchunk(ReadOnlySpan<byte> chunks)
    {
        using var body = new MemoryStream();
        while (true)
        {
            var line = chunks.IndexOf("\r\n"u8);
            var length = int.Parse(chunks[..line], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (length == 0)
                return body.ToArray();
            body.Write(chunks.Slice(line + 2, length));
            chunks = chunks[(line + 2 + length + 2)..];
        }
    }

    [GeneratedRegex(@"\{ .*?\}\}(?= )")]
    private static partial Regex MetricDump();

    [GeneratedRegex("collected [a-z ]+ named \"[^\"]*\" collides with previously collected [a-z ]+ named \"[^\"]*\"")]
    private static partial Regex Collision();

    [GeneratedRegex(@"\{\.\.\.\} is not an? [A-Z]+")]
    private static partial Regex TypeClash();
}
