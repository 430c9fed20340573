using System.Text;

namespace PushGateway.Sinks;

/// <summary>A target's answer.</summary>
/// <param name="StatusCode">The HTTP status.</param>
/// <param name="Body">The body's first 64 KiB; lent.</param>
/// <param name="RetryAfter">The wait that the target asked for.</param>
internal readonly record struct SinkResponse(int StatusCode, ReadOnlyMemory<byte> Body, TimeSpan? RetryAfter)
{
    private const int ExcerptBytes = 256;

    /// <summary>Whether the target has taken the request.</summary>
    public bool IsSuccess => StatusCode is >= 200 and < 300;

    /// <summary>Says what the target said, on one line.</summary>
    /// <param name="protocol">What was spoken.</param>
    /// <param name="text">The part of the body worth reading.</param>
    public string Describe(string protocol, ReadOnlySpan<byte> text)
    {
        var excerpt = Excerpt(text);
        return $"{protocol} returned HTTP status {StatusCode}{(excerpt.Length == 0 ? "" : ": ")}{excerpt}";
    }

    /// <summary>The first 256 bytes as text, without what would break a log line.</summary>
    public static string Excerpt(ReadOnlySpan<byte> text)
    {
        // The decoder holds a character back that the cut has halved.
        Span<char> chars = stackalloc char[ExcerptBytes];
        chars = chars[..Encoding.UTF8.GetDecoder().GetChars(text[..Math.Min(text.Length, ExcerptBytes)], chars, flush: false)];
        foreach (ref var character in chars)
        {
            character = char.IsControl(character) ? ' ' : character;
        }

        return chars.Trim().ToString();
    }

    /// <summary>
    /// Whether a Prometheus refuses native histograms because the feature is off. It answers 500 for as long as it runs, so a retry would
    /// hold up everything else.
    /// </summary>
    public static bool SaysHistogramsAreDisabled(ReadOnlySpan<byte> text) => text.IndexOf("native histograms are disabled"u8) >= 0;

    /// <summary>Whether a target says that it has a newer sample of the series already (Prometheus, Mimir, Cortex and AMP).</summary>
    public static bool SaysOutOfOrder(ReadOnlySpan<byte> text) =>
        text.IndexOf("out of order"u8) >= 0 || text.IndexOf("out-of-order"u8) >= 0;

    /// <summary>Whether a text says that there is another value with the same timestamp, as Prometheus and those built on it put it.</summary>
    public static bool SaysDuplicate(ReadOnlySpan<byte> text) =>
        text.IndexOf("duplicate sample for timestamp"u8) >= 0 || text.IndexOf("new-value-for-timestamp"u8) >= 0;

    /// <summary>Whether a failing status comes from the target's work on the samples: 503 and the 4xx are answered without looking at them.</summary>
    public static bool ReachedTarget(int status) => status >= 500 && status != 503;

    /// <summary>
    /// Whether a status blames the samples, so that sending them again would fail again. Statuses that blame credentials, address,
    /// method or form of the request are mistakes of configuration: the samples must wait until someone has put that right.
    /// </summary>
    public static bool IsFinal(int status) =>
        status is >= 400 and < 500 and not (401 or 403 or 404 or 405 or 407 or 408 or 415 or 421 or 425 or 426 or 429);
}
