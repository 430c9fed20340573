using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace PushGateway.Wire;

/// <summary>
/// Reads and writes floats as Go's <c>strconv</c> does, because the text format defines floats that way. The grammar is that of
/// <c>ParseFloat</c> without <c>_</c> and hexadecimal. The canonical form is that of <c>FormatFloat(v, 'g', -1, 64)</c>.
/// </summary>
internal static class GoFloat
{
    /// <summary>Length of the longest float in bytes: sign, 17 digits, point, <c>e-308</c>.</summary>
    public const int MaxLength = 24;

    /// <summary>2^64. Whole numbers below it are integers of 64 bits.</summary>
    public const double EndOfIntegers = 18446744073709551616.0;

    private const ulong MaxExactMantissa = 1UL << 53;
    private const int MaxExactPowerOfTen = 22;

    // Go's shortest 'g' format uses an exponent from 1e+06 on, and below 1e-04.
    private const int ExponentFrom = 1_000_000;
    private const int MinPlainExponent = -4;
    private const int MaxPlainExponent = 5;

    // DBL_DIG: decimals of this many digits are all different doubles.
    private const int MaxDistinctDigits = 15;

    // No exact double has such an exponent.
    private const int ExponentCap = 10_000;

    private const NumberStyles DecimalStyles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    private static readonly SearchValues<byte> DecimalBytes = SearchValues.Create("0123456789+-.eE"u8);

    private static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789"u8);

    private static readonly double[] PowersOfTen =
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    /// <summary>Reads a whole token. Overflow is an error; underflow gives zero.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out double value) =>
        (TryReadExact(text, out value, out var length) && length == text.Length)
        || (TryParseDecimal(text, out value) && double.IsFinite(value))
        || TryParseSpecial(text, out value);

    /// <summary>
    /// Reads <c>[+-]?(digits[.digits?]|.digits)([eE][+-]?digits)?</c> as the nearest double. A number beyond the range gives an infinity.
    /// </summary>
    public static bool TryParseDecimal(ReadOnlySpan<byte> text, out double value)
    {
        // .NET has the same grammar, but also reads names of what is no number, and passes zero bytes at the end.
        value = 0;
        return !text.ContainsAnyExcept(DecimalBytes) && double.TryParse(text, DecimalStyles, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Whether the number is an integer of 64 bits without a sign.</summary>
    public static bool IsWhole(double value) => value is >= 0 and < EndOfIntegers && Math.Truncate(value) == value;

    /// <summary>
    /// Reads the decimal at the start of <paramref name="text"/> when its digits and its power of ten are exact doubles. One multiplication
    /// or division then rounds correctly (Clinger's fast path). When it returns false, the text may still be a float.
    /// </summary>
    public static bool TryReadExact(ReadOnlySpan<byte> text, out double value, out int length)
    {
        value = 0;
        length = 0;
        var at = 0;
        var negative = false;
        if (!text.IsEmpty && text[0] is (byte)'-' or (byte)'+')
        {
            negative = text[0] == '-';
            at = 1;
        }

        var mantissa = 0UL;
        var start = at;
        at = ReadDigits(text, at, ref mantissa);
        var digits = at - start;
        var exponent = 0;
        if (at < text.Length && text[at] == '.')
        {
            start = ++at;
            at = ReadDigits(text, at, ref mantissa);
            exponent = start - at;
            digits -= exponent;
        }

        // A mantissa of 19 digits cannot overflow.
        if (digits is 0 or > 19 || mantissa > MaxExactMantissa)
        {
            return false;
        }

        if (at < text.Length && (text[at] | 0x20) == 'e')
        {
            if (!TryReadExponent(text, ref at, out var written))
            {
                return false;
            }

            exponent += written;
        }

        if (exponent is < -MaxExactPowerOfTen or > MaxExactPowerOfTen)
        {
            return false;
        }

        var magnitude = exponent < 0 ? mantissa / PowersOfTen[-exponent] : mantissa * PowersOfTen[exponent];
        value = negative ? -magnitude : magnitude;
        length = at;
        return true;
    }

    /// <summary>
    /// Writes the shortest form that reads back as the same double. Both zeros are written <c>0</c>, as <c>expfmt</c> does.
    /// <paramref name="destination"/> must have room for <see cref="MaxLength"/> bytes.
    /// </summary>
    public static int Format(double value, Span<byte> destination)
    {
        if (!double.IsFinite(value))
        {
            return Copy(double.IsNaN(value) ? "NaN"u8 : value > 0 ? "+Inf"u8 : "-Inf"u8, destination);
        }

        if (value is > -ExponentFrom and < ExponentFrom && value == (int)value)
        {
            Utf8Formatter.TryFormat((int)value, destination, out var written);
            return written;
        }

        return FormatShortest(value, destination);
    }

    /// <summary>
    /// True when <paramref name="text"/> is certainly what <see cref="Format"/> writes for its value; false when it is not, or when that is
    /// not known. Decimals of up to 15 digits are all different doubles, so their digits are the shortest and only the layout must be
    /// checked.
    /// </summary>
    public static bool IsSurelyCanonical(ReadOnlySpan<byte> text)
    {
        const int maxLength = 20;
        if (text.Length is 0 or > maxLength)
        {
            return false;
        }

        var mark = text.IndexOf((byte)'e');
        var mantissa = mark < 0 ? text : text[..mark];
        var point = mantissa.IndexOf((byte)'.');
        var whole = point < 0 ? mantissa : mantissa[..point];
        var fraction = point < 0 ? default : mantissa[(point + 1)..];
        return (point < 0 || (!fraction.IsEmpty && fraction[^1] != '0'))
            && whole.Length + fraction.Length <= MaxDistinctDigits
            && !whole.ContainsAnyExcept(Digits)
            && !fraction.ContainsAnyExcept(Digits)
            && (mark < 0 ? IsPlainLayout(whole, fraction) : IsScientificLayout(whole, text[(mark + 1)..]));
    }

    private static bool IsPlainLayout(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> fraction) =>
        whole.Length is > 0 and <= MaxPlainExponent + 1
        && (whole[0] != '0' || (whole.Length == 1 && !fraction.StartsWith("0000"u8)));

    // A two-digit exponent is far from the ends of the range, where doubles have fewer digits.
    private static bool IsScientificLayout(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> exponent)
    {
        if (whole.Length != 1 || whole[0] == '0' || exponent.Length != 3 || exponent[1..].ContainsAnyExcept(Digits))
        {
            return false;
        }

        var size = ((exponent[1] - '0') * 10) + (exponent[2] - '0');
        return exponent[0] == '+' ? size > MaxPlainExponent : exponent[0] == '-' && size > -MinPlainExponent;
    }

    private static int ReadDigits(ReadOnlySpan<byte> text, int at, ref ulong mantissa)
    {
        var read = mantissa;
        while ((uint)at < (uint)text.Length)
        {
            var digit = (uint)(text[at] - '0');
            if (digit > 9)
            {
                break;
            }

            read = (read * 10) + digit;
            at++;
        }

        mantissa = read;
        return at;
    }

    private static bool TryReadExponent(ReadOnlySpan<byte> text, ref int at, out int exponent)
    {
        exponent = 0;
        at++;
        var negative = false;
        if (at < text.Length && text[at] is (byte)'-' or (byte)'+')
        {
            negative = text[at] == '-';
            at++;
        }

        var start = at;
        while (at < text.Length && char.IsAsciiDigit((char)text[at]))
        {
            exponent = exponent < ExponentCap ? (exponent * 10) + (text[at] - '0') : exponent;
            at++;
        }

        exponent = negative ? -exponent : exponent;
        return at > start;
    }

    private static bool TryParseSpecial(ReadOnlySpan<byte> text, out double value)
    {
        if (Ascii.EqualsIgnoreCase(text, "nan"u8))
        {
            value = double.NaN;
            return true;
        }

        value = double.PositiveInfinity;
        if (!text.IsEmpty && text[0] is (byte)'-' or (byte)'+')
        {
            value = text[0] == '-' ? double.NegativeInfinity : value;
            text = text[1..];
        }

        return Ascii.EqualsIgnoreCase(text, "inf"u8) || Ascii.EqualsIgnoreCase(text, "infinity"u8);
    }

    // .NET finds the shortest digits. This method arranges them as Go does.
    private static int FormatShortest(double value, Span<byte> destination)
    {
        Span<byte> digits = stackalloc byte[MaxLength + 8];
        value.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
        var written = 0;
        if (digits[0] == '-')
        {
            destination[written++] = (byte)'-';
            digits = digits[1..length];
        }

        digits = TakeApart(digits[..(length - written)], out var exponent);
        return written + (exponent is < MinPlainExponent or > MaxPlainExponent
            ? LayOutScientific(digits, exponent, destination[written..])
            : LayOutPlain(digits, exponent, destination[written..]));
    }

    // Moves the significant digits to the front and returns them, with the power of ten of the first digit.
    private static Span<byte> TakeApart(Span<byte> text, out int exponent)
    {
        exponent = 0;
        var mark = text.IndexOf((byte)'E');
        if (mark >= 0)
        {
            TryReadExponent(text, ref mark, out exponent);
            text = text[..text.IndexOf((byte)'E')];
        }

        var point = text.IndexOf((byte)'.');
        if (point >= 0)
        {
            text[(point + 1)..].CopyTo(text[point..]);
            text = text[..^1];
        }

        exponent += (point >= 0 ? point : text.Length) - 1;
        var zeros = text.IndexOfAnyExcept((byte)'0');
        exponent -= zeros;
        return text[zeros..].TrimEnd((byte)'0');
    }

    private static int LayOutScientific(ReadOnlySpan<byte> digits, int exponent, Span<byte> destination)
    {
        var at = 0;
        destination[at++] = digits[0];
        if (digits.Length > 1)
        {
            destination[at++] = (byte)'.';
            at += Copy(digits[1..], destination[at..]);
        }

        destination[at++] = (byte)'e';
        destination[at++] = exponent < 0 ? (byte)'-' : (byte)'+';
        Utf8Formatter.TryFormat(Math.Abs(exponent), destination[at..], out var written, new StandardFormat('D', 2));
        return at + written;
    }

    private static int LayOutPlain(ReadOnlySpan<byte> digits, int exponent, Span<byte> destination)
    {
        if (exponent < 0)
        {
            var zeros = -exponent - 1;
            "0."u8.CopyTo(destination);
            destination.Slice(2, zeros).Fill((byte)'0');
            return 2 + zeros + Copy(digits, destination[(2 + zeros)..]);
        }

        var whole = exponent + 1;
        if (digits.Length <= whole)
        {
            digits.CopyTo(destination);
            destination[digits.Length..whole].Fill((byte)'0');
            return whole;
        }

        digits[..whole].CopyTo(destination);
        destination[whole] = (byte)'.';
        return whole + 1 + Copy(digits[whole..], destination[(whole + 1)..]);
    }

    private static int Copy(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        text.CopyTo(destination);
        return text.Length;
    }
}
