using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace PushGateway.EndToEnd.Tests;

/// <summary>Makes requests out of valid ones by random mutations. The same seed and case number make the same request.</summary>
sealed class BodyMutator(int seed)
{
    const int MostMutations = 4;

    static readonly string?[] MediaTypes =
    [
        null, "application/json", "text/plain", "text/plain; version=0.0.4", "application/x-ndjson", "application/x-www-form-urlencoded",
        "application/octet-stream",
    ];

    static readonly string[] Paths = ["metrics", "metrics", "metrics/job/fuzz", "metrics/job/fuzz/instance/1"];

    static readonly byte[][] Seeds =
    [
        .. new[]
        {
            "{\"dimensions\":{\"a\":\"b\",\"c d\":\"\\u00e4\\n\"},\"metrics\":{\"fuzz_x\":1,\"fuzz_y\":\"2.5\",\"fuzz.z\":-1e-9}}",
            "[{\"dimensions\":{\"a\":\"b\"},\"metrics\":{\"fuzz_x\":1}},{\"dimensions\":{\"a\":\"c\"},\"metrics\":{\"fuzz_x\":\"NaN\"}}]",
            "{\"dimensions\":{\"a\":\"b\"},\"metrics\":{\"fuzz_x\":1}}\n{\"dimensions\":{\"a\":\"c\"},\"metrics\":{\"fuzz_x\":12.0}}\n",
            "# HELP fuzz_a Help \\\\ \\n.\n# TYPE fuzz_a gauge\nfuzz_a{l=\"v\\\"\\\\\\n\",m=\"ä\"} 1.5\nfuzz_a NaN\n\n\t fuzz_b\t+Inf \n",
            "# TYPE fuzz_h histogram\nfuzz_h_bucket{le=\"0.1\"} 1\nfuzz_h_bucket{le=\"+Inf\"} 2\nfuzz_h_sum 1e-3\nfuzz_h_count 2\n",
            "# TYPE fuzz_s summary\nfuzz_s{quantile=\"0.5\"} 1\nfuzz_s_sum 0x1p3\nfuzz_s_count 1_000\n# TYPE fuzz_c counter\nfuzz_c_total 5\n",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    // What parsers look at.
    static readonly byte[][] Tokens =
    [
        .. new[]
        {
            "\"", "\\", "{", "}", "[", "]", ":", ",", "\n", " ", "#", "=", "\0", "null", "true", "1e999", "-", "NaN", "\\ud800", "\uFEFF", "# TYPE ",
            "\"timestamp\":", "\"dimensions\":{", "__name__", "le=\"", "99999999999999999999", "_bucket", "{\"",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF],
        [0xC3],
        [0xED, 0xA0, 0x80],
    ];

    internal HttpRequestMessage Request(int number)
    {
        var random = new Random(HashOf(seed, number));
        var body = Mutate(random, Seeds[random.Next(Seeds.Length)]);
        var isGzip = random.Next(4) == 0;
        if (isGzip)
        {
            body = Compress(body);
            if (random.Next(2) == 0)
                body = Mutate(random, body);
        }

        var path = Paths[random.Next(Paths.Length)];
        var isPut = path != "metrics" && random.Next(2) == 0;
        var request = new HttpRequestMessage(isPut ? HttpMethod.Put : HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        if (MediaTypes[random.Next(MediaTypes.Length)] is { } mediaType)
            request.Content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
        if (isGzip)
            request.Content.Headers.ContentEncoding.Add("gzip");
        request.Headers.TransferEncodingChunked = random.Next(4) == 0;
        return request;
    }

    /// <summary>What a case sends, for failure messages.</summary>
    internal async Task<string> DescribeAsync(int number)
    {
        using var request = Request(number);
        var body = await request.Content!.ReadAsByteArrayAsync();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"case {number} of seed {seed}: {request.Method} {request.RequestUri} {request.Content.Headers.ContentType} {Convert.ToBase64String(body)}");
    }

    // The same in every process; System.HashCode is not.
    static int HashOf(int seed, int number) => unchecked((int)(((ulong)(uint)seed << 32 | (uint)number) * 0x9E3779B97F4A7C15 >> 32));

    static byte[] Mutate(Random random, byte[] valid)
    {
        var body = valid.ToList();
        for (var i = Math.Min(random.Next(1, MostMutations + 1), random.Next(1, MostMutations + 1)); i > 0; i--)
        {
            var at = random.Next(body.Count + 1);
            var length = Math.Min(random.Next(1, 16), body.Count - at);
            switch (random.Next(7))
            {
                case 0 when at < body.Count:
                    body[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when at < body.Count:
                    body[at] = (byte)random.Next(256);
                    break;
                case 2:
                    body.RemoveRange(at, length);
                    break;
                case 3:
                    body.InsertRange(random.Next(body.Count + 1), body.GetRange(at, length));
                    break;
                case 4:
                    body.RemoveRange(at, body.Count - at);
                    break;
                case 5:
                    var other = Seeds[random.Next(Seeds.Length)];
                    body.InsertRange(at, other.AsSpan(random.Next(other.Length)).ToArray());
                    break;
                default:
                    body.InsertRange(at, Tokens[random.Next(Tokens.Length)]);
                    break;
            }
        }

        return [.. body];
    }

    static byte[] Compress(byte[] body)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
            gzip.Write(body);
        return compressed.ToArray();
    }
}
