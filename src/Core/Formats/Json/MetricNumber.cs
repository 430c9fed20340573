using System.Globalization;
using PushGateway.Wire;

namespace PushGateway.Formats.Json;

/// <summary>Reads a metric's value from its text, be it a JSON number or the content of a JSON string.</summary>
public static class MetricNumber
{
    /// <summary>
    /// Reads <c>[+-]?(digits[.digits?]|.digits)([eE][+-]?digits)?</c>, or exactly one of <c>NaN</c>, <c>Inf</c>, <c>+Inf</c>, <c>-Inf</c>.
    /// </summary>
    /// <param name="text">The text, in UTF-8.</param>
    /// <param name="value">The double nearest to the number.</param>
    /// <param name="isInteger">The text has neither point nor exponent, and the number fits a 64-bit integer.</param>
    public static MetricNumberStatus Parse(ReadOnlySpan<byte> text, out double value, out bool isInteger)
    {
        isInteger = false;
        if (!GoFloat.TryParseDecimal(text, out value))
        {
            return ParseName(text, out value);
        }

        isInteger = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);
        return double.IsFinite(value) ? MetricNumberStatus.Valid : MetricNumberStatus.OutOfRange;
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
}
