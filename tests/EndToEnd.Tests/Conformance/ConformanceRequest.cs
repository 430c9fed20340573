using System.Globalization;
using System.Text;

namespace PushGateway.EndToEnd.Tests.Conformance;

/// <summary>A request as it goes over the wire.</summary>
sealed class ConformanceRequest(string method, byte[] target)
{
    const int ChunkLength = 5;

    readonly List<byte> _body = [];
    readonly List<string> _headers = [];

    internal string Method => method;

    /// <summary>Sends the body in chunks of a few bytes, without its length.</summary>
    internal bool IsChunked { get; set; }

    /// <summary>The body of the answer is not compared.</summary>
    internal bool IsBodyIgnored { get; set; }

    /// <summary>Waits, before it is sent, for the effect of the requests before it.</summary>
    internal bool IsSettled { get; set; }

    /// <summary>The answer is an exposition, of which the families of this token are compared; otherwise null.</summary>
    internal string? ExposedToken { get; set; }

    internal void AddHeader(string line) => _headers.Add(line);

    internal void Append(ReadOnlySpan<byte> bytes) => _body.AddRange(bytes);

    /// <summary>Drops the last bytes of the body.</summary>
    internal void Cut(int count) => _body.RemoveRange(_body.Count - count, count);

    /// <summary>Inverts one byte of the body, counted from its end.</summary>
    internal void Flip(int fromEnd) => _body[^fromEnd] ^= 0xFF;

    internal byte[] ToArray()
    {
        var body = _body.ToArray();
        var head = new StringBuilder(" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        foreach (var header in _headers)
            head.Append(header).Append("\r\n");
        if (IsChunked)
            head.Append("Transfer-Encoding: chunked\r\n");
        else if (body.Length > 0 || method is "PUT" or "POST")
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n");
        return
        [
            .. Encoding.ASCII.GetBytes($"{method} "), .. target, .. Encoding.UTF8.GetBytes(head.Append("\r\n").ToString()),
            .. IsChunked ? Chunk(body) : body,
        ];
    }

    static byte[] Chunk(byte[] body)
    {
        using var chunks = new MemoryStream();
        foreach (var chunk in body.Chunk(ChunkLength))
        {
            chunks.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{chunk.Length:x}\r\n")));
            chunks.Write(chunk);
            chunks.Write("\r\n"u8);
        }

        chunks.Write("0\r\n\r\n"u8);
        return chunks.ToArray();
    }
}
