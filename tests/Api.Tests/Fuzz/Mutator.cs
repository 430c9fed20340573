using System.IO.Compression;
using System.Text;

namespace PushGateway.Api.Tests.Fuzz;

/// <summary>Spoils valid pushes. The same seed and index give the same case, but for the time of day in timestamps.</summary>
internal sealed class Mutator
{
    private const int MaxBodyBytes = 64 * 1024;

    private static readonly byte[][] Tokens =
    [
        .. new[]
        {
            "{", "}", "[", "]", "\"", "\\", ",", ":", "\n", "\r\n", "\0", "#", " ", "\t", "NaN", "+Inf", "-Inf", "1e999",
            "-0", "0x1p-2", "1_000", "99999999999999999999", "\\ud800", "\\u0000", "\u2028", "é", "😀", "\uFEFF", "__name__",
            "le=\"1\"", "quantile=\"0.5\"", "_bucket", "_sum", "_count", "# TYPE ", "# HELP ", "# EOF\n", "histogram",
            "summary", "counter", "\"dimensions\":", "\"metrics\":{", "\"timestamp\":", "null", "true", "{\"a b\"", "-",
            ".", "e", "job=\"x\"", "{}", "[[[[[[[[", "\"group\":", "\"job\":",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF], [0xC3], [0x80], [0xED, 0xA0, 0x80], [0x1F, 0x8B],
    ];

    private static readonly string?[] ContentTypes =
    [
        null, "application/json", "application/json; charset=utf-8", "application/x-ndjson", "text/plain",
        "text/plain; version=0.0.4; charset=utf-8", "application/x-www-form-urlencoded", "application/octet-stream",
        "image/png", "application/x-protobuf;proto=io.prometheus.write.v2.Request", "application/vnd.x+json", "", ";",
        "text/plain;;;", "*/*", "multipart/form-data",
    ];

    private static readonly string?[] Encodings = ["gzip", "x-gzip", "GZIP", "br", "identity", "deflate", "gzip, gzip", "zstd", ",", "none"];

    private static readonly string[] TargetTokens =
        ["/", "//", "%", "%2F", "%0A", "%01", "%FF", "%zz", "@base64", "=", "__", "%e9", "+", "0", "x", "~", "/job/y"];

    private readonly Random _random;

    private Mutator(Random random) => _random = random;

    /// <summary>Makes a case.</summary>
    public static FuzzCase Create(int seed, int index) => new Mutator(new Random(HashOf(seed, index))).Create();

    private FuzzCase Create()
    {
        var grouped = _random.Next(3) == 0;
        var named = !grouped && _random.Next(4) == 0;
        var json = named || _random.Next(grouped ? 10 : 2) == 0;
        var body = Mutate(Pick(named ? Corpus.GroupRecords : json ? Corpus.Json : _random.Next(6) == 0 ? Corpus.TimedText : Corpus.Text));
        var encoding = _random.Next(5) == 0 ? Pick(Encodings) : null;
        if (encoding is not null && _random.Next(8) != 0)
        {
            body = Compress(body, encoding);
            body = _random.Next(3) == 0 ? Mutate(body) : body;
        }

        var contentType = _random.Next(3) == 0 ? Pick(ContentTypes) : json ? "application/json" : "text/plain; version=0.0.4";
        return new FuzzCase(
            grouped ? Pick(["PUT", "POST", "POST", "DELETE"]) : named ? Pick(["PUT", "POST"]) : "POST",
            grouped ? MutateTarget(Pick(Corpus.Targets)) : named ? Corpus.GroupsTarget : "/metrics",
            contentType,
            encoding,
            _random.Next(2) == 0,
            body);
    }

    private byte[] Mutate(byte[] original)
    {
        var body = new List<byte>(original);
        for (var remaining = _random.Next(1, _random.Next(2) == 0 ? 2 : 5); remaining > 0; remaining--)
        {
            MutateOnce(body);
        }

        if (body.Count > MaxBodyBytes)
        {
            body.RemoveRange(MaxBodyBytes, body.Count - MaxBodyBytes);
        }

        return [.. body];
    }

    private void MutateOnce(List<byte> body)
    {
        var at = _random.Next(body.Count + 1);
        var length = Math.Min(body.Count - at, 1 + _random.Next(_random.Next(2) == 0 ? 3 : 40));
        switch (_random.Next(9))
        {
            case 0 when at < body.Count:
                body[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1 when at < body.Count:
                body[at] = (byte)_random.Next(256);
                break;
            case 2:
                body.RemoveRange(at, length);
                break;
            case 3:
                var repeated = body.GetRange(at, length);
                for (var times = _random.Next(20) == 0 ? 1000 : _random.Next(1, 4); times > 0; times--)
                {
                    body.InsertRange(at, repeated);
                }

                break;
            case 4:
                body.RemoveRange(at, body.Count - at);
                break;
            case 5:
                var other = Pick(Pick([Corpus.Json, Corpus.Text, Corpus.TimedText]));
                var from = _random.Next(other.Length);
                body.InsertRange(at, other.AsSpan(from, _random.Next(other.Length - from)).ToArray());
                break;
            case 6:
                body.RemoveRange(at, length);
                body.InsertRange(at, Pick(Tokens));
                break;
            default:
                body.InsertRange(at, Pick(Tokens));
                break;
        }
    }

    // Only what a server lets through: printable ASCII that does not decode to NUL.
    private string MutateTarget(string target)
    {
        if (_random.Next(3) != 0)
        {
            return target;
        }

        var mutated = new StringBuilder(target);
        for (var remaining = _random.Next(1, 4); remaining > 0; remaining--)
        {
            var first = "/metrics/job/".Length + (target.Contains("/job@", StringComparison.Ordinal) ? "@base64".Length : 0);
            var at = _random.Next(first, mutated.Length + 1);
            if (_random.Next(3) == 0 && at < mutated.Length)
            {
                mutated.Remove(at, 1);
            }
            else
            {
                mutated.Insert(at, Pick(TargetTokens));
            }
        }

        return mutated.Replace("%00", "%01").ToString();
    }

    private static byte[] Compress(byte[] body, string encoding)
    {
        if (!encoding.Equals("br", StringComparison.Ordinal))
        {
            return Pushes.Gzip(body);
        }

        var compressed = new byte[BrotliEncoder.GetMaxCompressedLength(body.Length)];
        return BrotliEncoder.TryCompress(body, compressed, out var written) ? compressed[..written] : body;
    }

    private T Pick<T>(IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];

    // Not HashCode, which differs between processes.
    private static int HashOf(int seed, int index) => unchecked((int)(((ulong)(uint)seed << 32 | (uint)index) * 0x9E3779B97F4A7C15 >> 32));
}
