using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using PushGateway.Testing;

namespace PushGateway.EndToEnd.Tests.Conformance;

/// <summary>Reads <c>cases.txt</c>, whose head describes its form.</summary>
static partial class CaseReader
{
    internal static string Folder { get; } = RepositoryRoot.Combine("tests", "EndToEnd.Tests", "Conformance");

    /// <exception cref="FormatException">A line is none of the described.</exception>
    internal static async Task<IReadOnlyList<ConformanceCase>> ReadAsync(CancellationToken cancellationToken)
    {
        var cases = new List<ConformanceCase>();
        var requests = new List<ConformanceRequest>();
        var token = "";
        foreach (var line in await File.ReadAllLinesAsync(Path.Combine(Folder, "cases.txt"), cancellationToken))
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (CaseLine().Match(line) is { Success: true } begun)
            {
                requests = [];
                token = begun.Groups[1].Value.Replace('-', '_') + "__";
                cases.Add(new ConformanceCase(begun.Groups[1].Value, token, begun.Groups[2].Value, requests));
            }
            else if (RequestLine().Match(line) is { Success: true } request)
            {
                requests.Add(new ConformanceRequest(request.Groups[1].Value, Bytes(request.Groups[2].Value, token)));
            }
            else
            {
                ReadPart(requests[^1], line, token);
            }
        }

        return cases;
    }

    static void ReadPart(ConformanceRequest request, string line, string token)
    {
        var (word, rest) = line.Split(' ', 2) is [var first, var others] ? (first, others) : (line, "");
        switch (word)
        {
            case "|":
                request.Append(Encoding.UTF8.GetBytes(rest.Replace("~", token, StringComparison.Ordinal) + "\n"));
                break;
            case "=":
                request.Append(Bytes(rest, token));
                break;
            case "gzip":
                request.Append(Gzip(Bytes(rest, token)));
                break;
            case "cut":
                request.Cut(int.Parse(rest, CultureInfo.InvariantCulture));
                break;
            case "flip":
                request.Flip(int.Parse(rest, CultureInfo.InvariantCulture));
                break;
            case "chunked":
                request.IsChunked = true;
                break;
            case "settled":
                request.IsSettled = true;
                break;
            case "exposed":
                request.ExposedToken = token;
                break;
            case "ignore-body":
                request.IsBodyIgnored = true;
                break;
            case [>= 'A' and <= 'Z', .., ':']:
                request.AddHeader(line);
                break;
            default:
                throw new FormatException($"cases.txt: \"{line}\" is no part of a case.");
        }
    }

    static byte[] Gzip(byte[] content)
    {
        using var member = new MemoryStream();
        using (var gzip = new GZipStream(member, CompressionLevel.Optimal))
            gzip.Write(content);
        return member.ToArray();
    }

    static byte[] Bytes(string text, string token)
    {
        text = Base64Part().Replace(
            text.Replace("~", token, StringComparison.Ordinal),
            part => Convert.ToBase64String(Bytes(part.Groups[1].Value, token)).Replace('+', '-').Replace('/', '_'));
        using var bytes = new MemoryStream();
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var literal = rest.IndexOf('\\') is var escape and >= 0 ? rest[..escape] : rest;
            bytes.Write(Encoding.UTF8.GetBytes(literal.ToArray()));
            rest = rest[literal.Length..];
            if (rest.IsEmpty)
                break;
            bytes.WriteByte(rest[1] switch
            {
                'n' => (byte)'\n',
                'r' => (byte)'\r',
                't' => (byte)'\t',
                '\\' => (byte)'\\',
                'x' => Convert.FromHexString(rest[2..4])[0],
                _ => throw new FormatException($"cases.txt: unknown escape in \"{text}\"."),
            });
            rest = rest[(rest[1] == 'x' ? 4 : 2)..];
        }

        return bytes.ToArray();
    }

    [GeneratedRegex("^case ([a-z0-9]+(?:-[a-z0-9]+)*)(?: (poison|lifecycle))?$")]
    private static partial Regex CaseLine();

    [GeneratedRegex("^([A-Z]+) ([/*h].*)$")]
    private static partial Regex RequestLine();

    [GeneratedRegex(@"\{base64:([^}]*)\}")]
    private static partial Regex Base64Part();
}
