using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using PushGateway.Push;

namespace PushGateway.Api.Auth;

/// <summary>
/// Reads and writes a credential as one line: <c>name:pbkdf2-sha256:iterations:salt:hash[:label=value,label=value]</c>. Salt and hash are
/// base64, and the values of labels are percent-encoded. Errors never quote the line, because it may hold a secret.
/// </summary>
internal static class CredentialLine
{
    private const int MaxNameLength = 64;
    private const int FieldsWithoutLabels = 5;

    public static bool TryParse(string line, [NotNullWhen(true)] out Credential? credential, [NotNullWhen(false)] out string? error)
    {
        credential = null;
        var fields = line.Split(':');
        if (fields.Length is < FieldsWithoutLabels or > FieldsWithoutLabels + 1)
        {
            error = $"not name:{SecretHash.Algorithm}:iterations:salt:hash[:label=value,...]";
            return false;
        }

        if (!IsName(fields[0]))
        {
            error = $"the first field, the name, is not 1 to {MaxNameLength} letters, digits, '_' and '-'";
            return false;
        }

        ImmutableArray<KeyValuePair<string, string>> labels = [];
        if (!SecretHash.TryParse(fields.AsSpan(1, FieldsWithoutLabels - 1), out var hash, out error)
            || (fields.Length > FieldsWithoutLabels && !TryParseLabels(fields[FieldsWithoutLabels].Split(','), out labels, out error)))
        {
            return false;
        }

        credential = new Credential(fields[0], hash, labels);
        return true;
    }

    public static string Write(Credential credential)
    {
        var line = $"{credential.Name}:{credential.Hash}";
        return credential.PinnedLabels.IsEmpty
            ? line
            : $"{line}:{string.Join(',', credential.PinnedLabels.Select(label => $"{label.Key}={Uri.EscapeDataString(label.Value)}"))}";
    }

    public static bool IsName(string name) =>
        name.Length is >= 1 and <= MaxNameLength && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    /// <summary>Returns why a credential cannot be pinned to the label; null when it can.</summary>
    public static string? CheckLabel(string name, string value)
    {
        if (!GroupingKeyParser.IsLabelName(name))
        {
            return "a pinned label has a name that is not legal, or is reserved";
        }

        // Prometheus treats an empty label as missing, so it would pin nothing.
        return value.Length == 0 ? "a pinned label has an empty value" : null;
    }

    /// <summary>Reads the labels of the last field, each <c>label=value</c>.</summary>
    private static bool TryParseLabels(
        ReadOnlySpan<string> texts, out ImmutableArray<KeyValuePair<string, string>> labels, [NotNullWhen(false)] out string? error)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        labels = [];
        error = null;
        foreach (var text in texts)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0 || !PercentEncoding.TryDecode(text.AsSpan(equals + 1), out var value))
            {
                error = "a pinned label is not label=value with the value percent-encoded";
                return false;
            }

            error = CheckLabel(text[..equals], value) ?? (all.TryAdd(text[..equals], value) ? null : "a label is pinned twice");
            if (error is not null)
            {
                return false;
            }
        }

        labels = [.. all];
        return true;
    }
}
