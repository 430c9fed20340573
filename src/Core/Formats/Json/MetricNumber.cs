using System.Globalization;

namespace PushGateway.Formats.Json;

/// <summary>Reads a metric's value from its text, be it a JSON number or the content of a JSON string.</summary>
public static class MetricNumber
{
    private const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>
    /// Reads <c>[+-]?(digits[.digits?]|.digits)([eE][+-]?digits)?</c>, or exactly one of <c>NaN</c>, <c>Inf</c>, <c>+Inf</c>, <c>-Inf</c>.
    /// </summary>
    /// <param name="text">The text, in UTF-8.</param>
    /// <param name="value">The double nearest to the number.</param>
    /// <param name="isInteger">The text has neither point nor exponent, and the number fits a 64-bit integer.</param>
    public static MetricNumberStatus Parse(ReadOnlySpan<byte> text, out double value, out bool isInteger)
    {
        isInteger = false;
        var signed = !text.IsEmpty && text[0] is (byte)'+' or (byte)'-';
        var unsigned = signed ? text[1..] : text;
        var digits = CountDigits(unsigned);
        var rest = unsigned[digits..];
        if (rest.IsEmpty && digits > 0)
        {
            isInteger = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);
        }
        else if (!IsFractionAndExponent(rest, digits))
        {
            return ParseName(text, out value);
        }

        return double.TryParse(text, Styles, CultureInfo.InvariantCulture, out value) && double.IsFinite(value)
            ? MetricNumberStatus.Valid
            : MetricNumberStatus.OutOfRange;
    }

    private static bool IsFractionAndExponent(ReadOnlySpan<byte> text, int integerDigits)
    {
        if (text is [(byte)'.', .. var afterPoint])
        {
            var fraction = CountDigits(afterPoint);
            integerDigits += fraction;
            text = afterPoint[fraction..];
        }

        if (text is [(byte)'e' or (byte)'E', .. var exponent])
        {
            text = exponent is [(byte)'+' or (byte)'-', .. var magnitude] ? magnitude : exponent;
            var digits = CountDigits(text);
            if (digits == 0)
            {
                return false;
            }

            text = text[digits..];
        }

        return integerDigits > 0 && text.IsEmpty;
    }

    private static MetricNumberStatus ParseName(ReadOnlySpan<byte> text, out double value)
    {
        value = text switch
        {
            _ when text.SequenceEqual("NaN"u8) => double.NaN,
            _ when text.SequenceEqual("Inf"u8) || text.SequenceEqual("+Inf"u8) => double.PositiveInfinity,
            _ when text.SequenceEqual("-Inf"u8) => double.NegativeInfinity,
            _ => 0,
        };
        return value == 0 ? MetricNumberStatus.Malformed : MetricNumberStatus.Valid;
    }

    private static int CountDigits(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return end < 0 ? text.Length : end;
    }
}
