using System.Buffers;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using PushGateway.Wire;

namespace PushGateway.Push;

/// <summary>
/// Reads grouping keys in the syntax of Pushgateway's URL paths (<c>handler/push.go</c>, splitLabels):
/// <c>job[@base64]/&lt;job&gt;{/&lt;label&gt;[@base64]/&lt;value&gt;}</c>.
/// </summary>
/// <remarks>
/// The raw path is percent-decoded once and split afterwards, so <c>%2F</c> separates. A plus sign is literal. The base64 alphabet is the
/// URL-safe one, with or without padding. When a label occurs twice, its last value counts, except that the first <c>job</c> counts.
/// </remarks>
public static class GroupingKeyParser
{
    private const string JobLabel = "job";
    private const string Base64Suffix = "@base64";
    private const string ReservedPrefix = "__";
    private const string Base64UrlAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static readonly SearchValues<char> Unreserved =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

    private static readonly SearchValues<char> LabelNameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    private static readonly SearchValues<char> Base64UrlDigits = SearchValues.Create(Base64UrlAlphabet);

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the part of a request target, or the message attribute, that begins with <c>job</c>.</summary>
    /// <param name="rawPath">The path as received: percent-encoded, without the query.</param>
    /// <param name="key">The key.</param>
    /// <param name="error">Why it cannot be read, in Pushgateway's words.</param>
    public static bool TryParse(ReadOnlySpan<char> rawPath, [NotNullWhen(true)] out GroupingKey? key, [NotNullWhen(false)] out PushError? error)
    {
        key = null;
        if (!PercentEncoding.TryDecode(rawPath, out var path))
        {
            error = Invalid("invalid percent-encoding or UTF-8 in path");
            return false;
        }

        var components = path.Split('/');
        if (components is not [JobLabel or JobLabel + Base64Suffix, var job, .. var rest])
        {
            error = Invalid("job name is required");
            return false;
        }

        if (components[0].EndsWith(Base64Suffix, StringComparison.Ordinal) && !TryDecodeBase64(job, out job, out var decoded, out var reason))
        {
            // For a job, Pushgateway shows the bytes that could be decoded. For a label, it shows the text that was sent.
            error = Invalid($"invalid base64 encoding in job name {GoQuote.Quote(decoded)}: {reason}");
            return false;
        }

        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (rest is not ([] or [""]) && !TryReadLabels(rest, labels, out error))
        {
            return false;
        }

        if (job.Length == 0)
        {
            error = Invalid("job name is required");
            return false;
        }

        labels[JobLabel] = job;
        key = Create(labels);
        error = null;
        return true;
    }

    /// <summary>Whether a group may have a label of this name: a legacy name that does not begin with <c>__</c>.</summary>
    public static bool IsLabelName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length > 0
            && !char.IsAsciiDigit(name[0])
            && !name.StartsWith(ReservedPrefix, StringComparison.Ordinal)
            && !name.AsSpan().ContainsAnyExcept(LabelNameCharacters);
    }

    internal static GroupingKey Create(SortedDictionary<string, string> labels)
    {
        ImmutableArray<KeyValuePair<string, string>> all = [new(JobLabel, labels[JobLabel]), .. labels.Where(label => label.Key != JobLabel)];
        return new GroupingKey(all, WritePath(all));
    }

    /// <summary>A label as the canonical path has it; empty for an empty value.</summary>
    internal static string WriteLabel(string name, string value) => value switch
    {
        "" => "",
        _ when value.Contains('/') => $"{name}{Base64Suffix}/{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(value))}",
        _ when value.AsSpan().ContainsAnyExcept(Unreserved) => $"{name}/{Uri.EscapeDataString(value)}",
        _ => $"{name}/{value}",
    };

    /// <summary>Whether a canonical path has a label.</summary>
    /// <param name="path">The path.</param>
    /// <param name="name">Name of the label.</param>
    /// <param name="label">The label as <see cref="WriteLabel"/> writes it; empty when the path must have no label of the name.</param>
    internal static bool HasLabel(ReadOnlySpan<char> path, ReadOnlySpan<char> name, ReadOnlySpan<char> label)
    {
        while (!path.IsEmpty)
        {
            var end = path.IndexOf('/');
            var next = path[(end + 1)..].IndexOf('/');
            var one = next < 0 ? path : path[..(end + 1 + next)];
            if (one.StartsWith(name, StringComparison.Ordinal) && one[name.Length] is '/' or '@')
            {
                return one.SequenceEqual(label);
            }

            path = next < 0 ? [] : path[(one.Length + 1)..];
        }

        return label.IsEmpty;
    }

    private static bool TryReadLabels(
        ReadOnlySpan<string> components, SortedDictionary<string, string> labels, [NotNullWhen(false)] out PushError? error)
    {
        if (components.Length % 2 != 0)
        {
            error = Invalid($"odd number of components in label string {Quote("/" + string.Join('/', components))}");
            return false;
        }

        for (var i = 0; i < components.Length; i += 2)
        {
            var (name, value) = (components[i], components[i + 1]);
            var isBase64 = name.EndsWith(Base64Suffix, StringComparison.Ordinal);
            name = isBase64 ? name[..^Base64Suffix.Length] : name;
            if (!IsLabelName(name))
            {
                error = Invalid($"improper label name {Quote(name)}");
                return false;
            }

            if (isBase64 && !TryDecodeBase64(value, out value, out _, out var reason))
            {
                error = Invalid($"invalid base64 encoding for label {name}={Quote(components[i + 1])}: {reason}");
                return false;
            }

            labels[name] = value;
        }

        error = null;
        return true;
    }

    // The reason has the words of Go's encoding/base64, which Pushgateway's clients know. As in Go, line breaks and padding at the end are
    // ignored. On failure `decoded` holds the bytes before the group of four digits that cannot be decoded.
    private static bool TryDecodeBase64(string text, out string value, out byte[] decoded, out string reason)
    {
        (value, reason) = ("", "");
        text = text.TrimEnd('=');
        var digits = text.Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);
        var illegal = digits.AsSpan().IndexOfAnyExcept(Base64UrlDigits);
        if (illegal < 0 && digits.Length % 4 == 1)
        {
            illegal = digits.Length - 1;
        }

        if (illegal >= 0)
        {
            decoded = Base64Url.DecodeFromChars(digits.AsSpan(0, illegal - (illegal % 4)));
            reason = string.Create(CultureInfo.InvariantCulture, $"illegal base64 data at input byte {PositionOf(illegal, text)}");
            return false;
        }

        decoded = Base64Url.DecodeFromChars(WithoutUnusedBits(digits));
        try
        {
            value = StrictUtf8.GetString(decoded);
            return true;
        }
        catch (DecoderFallbackException)
        {
            reason = "not UTF-8";
            return false;
        }
    }

    // The position of a digit in the original text. Everything before it is one byte long.
    private static int PositionOf(int digit, string text)
    {
        var position = 0;
        while (text[position] is '\r' or '\n' || digit-- > 0)
        {
            position++;
        }

        return position;
    }

    // The last digit may have bits that belong to no byte. Go ignores them; .NET refuses them unless they are zero.
    private static ReadOnlySpan<char> WithoutUnusedBits(string digits)
    {
        var unused = (digits.Length % 4) switch
        {
            2 => 0b1111,
            3 => 0b11,
            _ => 0,
        };
        return unused == 0 ? digits : $"{digits.AsSpan(0, digits.Length - 1)}{Base64UrlAlphabet[Base64UrlAlphabet.IndexOf(digits[^1]) & ~unused]}";
    }

    // Prometheus treats an empty label as missing, so the group is the same with and without it.
    private static string WritePath(ImmutableArray<KeyValuePair<string, string>> labels) =>
        string.Join('/', labels.Where(static label => label.Value.Length > 0).Select(static label => WriteLabel(label.Key, label.Value)));

    private static string Quote(string text) => GoQuote.Quote(Encoding.UTF8.GetBytes(text));

    private static PushError Invalid(string detail) => new(RejectCode.GroupingKeyInvalid, detail);
}
