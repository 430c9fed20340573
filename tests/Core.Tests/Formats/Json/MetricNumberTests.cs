using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using PushGateway.Formats.Json;
using Xunit;

namespace PushGateway.Core.Tests.Formats.Json;

public sealed partial class MetricNumberTests
{
    private const string Alphabet = "0123456789+-.eENaInf x_\0";

    [Fact]
    public void Random_texts_are_judged_as_by_the_grammar()
    {
        var random = new Random(20260801);
        var valid = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var text = i % 2 == 0 ? RandomText(random) : RandomNumber(random);
            valid += AssertSameAsReference(text) ? 1 : 0;
        }

        Assert.InRange(valid, 50_000, 199_000);
    }

    [Theory]
    [InlineData("")]
    [InlineData("+")]
    [InlineData(".")]
    [InlineData("-.")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("+.5e-3")]
    [InlineData("1.e5")]
    [InlineData(".e5")]
    [InlineData("e5")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1e+5")]
    [InlineData("1E5")]
    [InlineData("1e5.0")]
    [InlineData("--1")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1_0")]
    [InlineData("1,0")]
    [InlineData("0x10")]
    [InlineData("٣")]
    [InlineData("007")]
    [InlineData("-0")]
    [InlineData("-0.0")]
    [InlineData("NaN")]
    [InlineData("nan")]
    [InlineData("+NaN")]
    [InlineData("Inf")]
    [InlineData("+Inf")]
    [InlineData("-Inf")]
    [InlineData("inf")]
    [InlineData("Infinity")]
    [InlineData("-Infinity")]
    [InlineData("∞")]
    [InlineData("9223372036854775807")]
    [InlineData("9223372036854775808")]
    [InlineData("-9223372036854775808")]
    [InlineData("-9223372036854775809")]
    [InlineData("+00000000000000000000000012")]
    [InlineData("9007199254740993")]
    [InlineData("1.7976931348623157e308")]
    [InlineData("1.7976931348623159e308")]
    [InlineData("-1.7976931348623159e308")]
    [InlineData("1e309")]
    [InlineData("1e-400")]
    [InlineData("4.9406564584124654e-324")]
    [InlineData("1e99999999999999999999")]
    [InlineData("1e-99999999999999999999")]
    [InlineData("0e99999999999999999999")]
    public void Edge_cases_are_judged_as_by_the_grammar(string text) => AssertSameAsReference(text);

    [Fact]
    public void Long_numbers_keep_their_value()
    {
        AssertSameAsReference(new string('9', 400));
        AssertSameAsReference(new string('9', 300));
        AssertSameAsReference($"0.{new string('0', 20_000)}1e20001");
        Assert.Equal(MetricNumberStatus.Valid, MetricNumber.Parse(Encoding.UTF8.GetBytes($"0.{new string('0', 20_000)}1e20001"), out var value, out _));
        Assert.Equal(1.0, value);
    }

    private static bool AssertSameAsReference(string text)
    {
        var status = MetricNumber.Parse(Encoding.UTF8.GetBytes(text), out var value, out var isInteger);
        if (!Grammar().IsMatch(text))
        {
            Assert.True(status == MetricNumberStatus.Malformed, text);
            return false;
        }

        var named = text.EndsWith('f') || text.EndsWith('N');
        var expected = named ? Named(text) : double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (!named && double.IsInfinity(expected))
        {
            Assert.True(status == MetricNumberStatus.OutOfRange, text);
            return false;
        }

        Assert.True(status == MetricNumberStatus.Valid, text);
        Assert.True(BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(value), text);
        Assert.True(isInteger == (text.AsSpan().IndexOfAny(".eEN") < 0 && !named && Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer)
            && integer >= long.MinValue && integer <= long.MaxValue), text);
        return true;
    }

    private static double Named(string text) => text switch
    {
        "NaN" => double.NaN,
        "-Inf" => double.NegativeInfinity,
        _ => double.PositiveInfinity,
    };

    private static string RandomText(Random random) => string.Create(random.Next(1, 8), random, static (text, random) =>
    {
        foreach (ref var character in text)
        {
            character = Alphabet[random.Next(Alphabet.Length)];
        }
    });

    private static string RandomNumber(Random random)
    {
        var text = new StringBuilder();
        text.Append(random.Next(4) switch { 0 => "-", 1 => "+", _ => "" });
        text.Append(random.NextInt64(random.Next(2) == 0 ? 1000 : long.MaxValue).ToString(CultureInfo.InvariantCulture));
        if (random.Next(2) == 0)
        {
            text.Append('.').Append(random.NextInt64(random.Next(2) == 0 ? 100 : long.MaxValue));
        }

        if (random.Next(3) == 0)
        {
            text.Append(random.Next(2) == 0 ? 'e' : 'E').Append(random.Next(-340, 320));
        }

        return text.ToString();
    }

    [GeneratedRegex(@"\A(?:[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|NaN|[+-]?Inf)\z")]
    private static partial Regex Grammar();
}
