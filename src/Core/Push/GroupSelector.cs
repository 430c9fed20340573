using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace PushGateway.Push;

/// <summary>
/// Selects groups by their labels, in the syntax of Prometheus' selectors (<c>{job="backup",instance!="db1"}</c>; the braces may be left
/// out). Regular expressions are not supported, because a delete must name what it deletes. A selector without matchers selects every
/// group.
/// </summary>
public sealed class GroupSelector : IEquatable<GroupSelector>
{
    // In no path: the value has half of a surrogate pair, as no value of a group has.
    private const string NoLabel = "/";

    // Each matcher's label as paths have it, empty for an empty value.
    private readonly string[] _values;

    private GroupSelector(ImmutableArray<LabelMatcher> matchers)
    {
        Matchers = matchers;
        Text = Write(matchers);
        _values = [.. matchers.Select(static matcher => IsText(matcher.Value) ? GroupingKeyParser.WriteLabel(matcher.Name, matcher.Value) : NoLabel)];
    }

    /// <summary>Selects every group.</summary>
    public static GroupSelector All { get; } = new([]);

    /// <summary>The conditions. A group must meet all of them.</summary>
    public ImmutableArray<LabelMatcher> Matchers { get; }

    /// <summary>The selector as text that <see cref="TryParse"/> reads.</summary>
    public string Text { get; }

    /// <summary>Reads a selector.</summary>
    /// <param name="text">The text.</param>
    /// <param name="selector">The selector.</param>
    /// <param name="error">Why it cannot be read, with <see cref="RejectCode.SelectorInvalid"/>.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out GroupSelector? selector, [NotNullWhen(false)] out PushError? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        var matchers = ImmutableArray.CreateBuilder<LabelMatcher>();
        var rest = text.AsSpan().Trim();
        var braces = rest.StartsWith("{");
        if (braces && !rest.EndsWith("}"))
        {
            return Refuse("the closing brace is missing", out selector, out error);
        }

        rest = (braces ? rest[1..^1] : rest).Trim();
        while (!rest.IsEmpty)
        {
            if (!TryReadMatcher(ref rest, out var matcher, out var reason))
            {
                return Refuse(reason, out selector, out error);
            }

            matchers.Add(matcher);
            rest = rest.TrimStart();
            if (!rest.IsEmpty && rest[0] != ',')
            {
                return Refuse("matchers are separated by commas", out selector, out error);
            }

            rest = rest.IsEmpty ? rest : rest[1..].TrimStart();
        }

        if (matchers.Count == 0 && !braces)
        {
            return Refuse("it is empty; {} selects every group", out selector, out error);
        }

        selector = new GroupSelector(matchers.ToImmutable());
        error = null;
        return true;
    }

    /// <summary>Returns a selector for those groups of this selector that also have the given labels.</summary>
    public GroupSelector With(params ReadOnlySpan<KeyValuePair<string, string>> labels)
    {
        var matchers = Matchers.ToBuilder();
        foreach (var (name, value) in labels)
        {
            matchers.Add(new LabelMatcher(name, value, IsEqual: true));
        }

        return new GroupSelector(matchers.ToImmutable());
    }

    /// <summary>Whether the selector selects the group of a <see cref="GroupingKey.Path"/>. Nothing is parsed or allocated.</summary>
    public bool Matches(string path)
    {
        for (var i = 0; i < Matchers.Length; i++)
        {
            if (GroupingKeyParser.HasLabel(path, Matchers[i].Name, _values[i]) != Matchers[i].IsEqual)
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public bool Equals(GroupSelector? other) => other is not null && Text == other.Text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as GroupSelector);

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static bool IsText(string value) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(value)) == value;

    private static bool Refuse(string reason, out GroupSelector? selector, out PushError error)
    {
        selector = null;
        error = new PushError(RejectCode.SelectorInvalid, $"the selector cannot be read: {reason}");
        return false;
    }

    private static bool TryReadMatcher(ref ReadOnlySpan<char> rest, out LabelMatcher matcher, out string reason)
    {
        matcher = default;
        var end = rest.IndexOfAny('=', '!');
        var name = (end < 0 ? rest : rest[..end]).TrimEnd().ToString();
        if (!GroupingKeyParser.IsLabelName(name))
        {
            reason = $"\"{Excerpt.Of(name)}\" is not the name of a label";
            return false;
        }

        rest = end < 0 ? "" : rest[end..];
        var isEqual = rest is ['=', not ('=' or '~'), ..];
        if (!isEqual && !rest.StartsWith("!="))
        {
            reason = $"label \"{Excerpt.Of(name)}\" is compared by = or !=";
            return false;
        }

        rest = rest[(isEqual ? 1 : 2)..].TrimStart();
        if (!TryReadString(ref rest, out var value))
        {
            reason = $"the value of label \"{Excerpt.Of(name)}\" is not a string in quotes";
            return false;
        }

        matcher = new LabelMatcher(name, value, isEqual);
        reason = "";
        return true;
    }

    // PromQL's quoted strings: double and single quotes allow escapes, backticks do not.
    private static bool TryReadString(ref ReadOnlySpan<char> rest, out string value)
    {
        value = "";
        if (rest.IsEmpty || rest[0] is not ('"' or '\'' or '`'))
        {
            return false;
        }

        var quote = rest[0];
        var text = new StringBuilder();
        for (var i = 1; i < rest.Length; i++)
        {
            if (rest[i] == quote)
            {
                value = text.ToString();
                rest = rest[(i + 1)..];
                return true;
            }

            if (rest[i] != '\\' || quote == '`')
            {
                text.Append(rest[i]);
            }
            else if (!TryReadEscape(rest, ref i, text))
            {
                return false;
            }
        }

        return false;
    }

    private static bool TryReadEscape(ReadOnlySpan<char> rest, ref int i, StringBuilder text)
    {
        i++;
        switch (i < rest.Length ? rest[i] : default)
        {
            case '\\' or '"' or '\'':
                text.Append(rest[i]);
                return true;
            case 'n':
                text.Append('\n');
                return true;
            case 'r':
                text.Append('\r');
                return true;
            case 't':
                text.Append('\t');
                return true;
            case 'u' when i + 4 < rest.Length
                && ushort.TryParse(rest.Slice(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit):
                text.Append((char)unit);
                i += 4;
                return true;
            default:
                return false;
        }
    }

    // Everything except printable ASCII is escaped, because the attributes of a queue do not carry every character.
    private static string Write(ImmutableArray<LabelMatcher> matchers)
    {
        var text = new StringBuilder("{");
        foreach (var matcher in matchers)
        {
            text.Append(text.Length == 1 ? "" : ",").Append(matcher.Name).Append(matcher.IsEqual ? "=" : "!=").Append('"');
            foreach (var c in matcher.Value)
            {
                _ = c switch
                {
                    '"' or '\\' => text.Append('\\').Append(c),
                    >= ' ' and <= '~' => text.Append(c),
                    _ => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                };
            }

            text.Append('"');
        }

        return text.Append('}').ToString();
    }
}
