using System.Globalization;

namespace PushGateway.Push;

/// <summary>Which part of a push a message is, when the push was cut into several.</summary>
/// <param name="Number">The number of the part, from 1.</param>
/// <param name="Total">How many parts the push has, at least 2.</param>
public readonly record struct PushPart(int Number, int Total)
{
    /// <summary>Most parts of a push.</summary>
    public const int MaxTotal = 9999;

    /// <summary>The longest text of a part.</summary>
    internal const int MaxLength = 9;

    /// <summary>Reads a part as <see cref="ToString"/> writes it: <c>2/3</c>.</summary>
    public static bool TryParse(string text, out PushPart part)
    {
        part = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !TryParseNumber(text.AsSpan(0, slash), out var number) || !TryParseNumber(text.AsSpan(slash + 1), out var total))
        {
            return false;
        }

        part = new PushPart(number, total);
        return number >= 1 && total >= 2 && number <= total && total <= MaxTotal;
    }

    /// <summary>The part as text: <c>2/3</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}/{Total}");

    private static bool TryParseNumber(ReadOnlySpan<char> text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
