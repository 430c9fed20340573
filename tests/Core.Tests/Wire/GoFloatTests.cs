using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using PushGateway.Wire;
using Xunit;

namespace PushGateway.Core.Tests.Wire;

public sealed partial class GoFloatTests
{
    [Theory]
    [InlineData("0", 0.0)]
    [InlineData("+1", 1.0)]
    [InlineData(".5", 0.5)]
    [InlineData("5.", 5.0)]
    [InlineData("1e5", 1e5)]
    [InlineData("1E-5", 1e-5)]
    [InlineData("Inf", double.PositiveInfinity)]
    [InlineData("+iNf", double.PositiveInfinity)]
    [InlineData("-infinity", double.NegativeInfinity)]
    [InlineData("NaN", double.NaN)]
    [InlineData("nan", double.NaN)]
    [InlineData("1e-400", 0.0)]
    [InlineData("0e999999999", 0.0)]
    [InlineData("1.7976931348623157e308", double.MaxValue)]
    [InlineData("9007199254740993", 9007199254740992.0)]
    [InlineData("9007199254740993.0000000000000000001", 9007199254740994.0)]
    [InlineData("4.9406564584124654e-324", double.Epsilon)]
    public void Reads_what_ParseFloat_reads(string text, double expected) => Assert.Equal(expected, Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("+")]
    [InlineData(".")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1.2.3")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1_0")]
    [InlineData("0x10")]
    [InlineData("0x1p4")]
    [InlineData("1e309")]
    [InlineData("1e999999999999")]
    [InlineData("+nan")]
    [InlineData("in")]
    [InlineData("infin")]
    [InlineData("1d")]
    [InlineData("１")]
    public void Refuses_what_ParseFloat_or_expfmt_refuses(string text) => Assert.Null(Parse(text));

    [Fact]
    public void Digits_far_beyond_a_double_still_decide()
    {
        var zeros = new string('0', 2000);
        Assert.Equal(1.0, Parse($"0.{zeros}1e2001"));
        Assert.Equal(1.0, Parse($"1{zeros}e-2000"));
        Assert.Equal(9007199254740992.0, Parse($"9007199254740993.{zeros}"));
        Assert.Equal(9007199254740994.0, Parse($"9007199254740993.{zeros}1"));
    }

    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(1.0, "1")]
    [InlineData(-1.5, "-1.5")]
    [InlineData(999999.0, "999999")]
    [InlineData(1000000.0, "1e+06")]
    [InlineData(1756047.3, "1.7560473e+06")]
    [InlineData(123456.7, "123456.7")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001, "1e-05")]
    [InlineData(-0.00012345, "-0.00012345")]
    [InlineData(1e21, "1e+21")]
    [InlineData(1e100, "1e+100")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(double.MaxValue, "1.7976931348623157e+308")]
    [InlineData(-2.2250738585072014e-308, "-2.2250738585072014e-308")]
    [InlineData(0.1 + 0.2, "0.30000000000000004")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    public void Writes_what_FormatFloat_writes(double value, string expected) => Assert.Equal(expected, Format(value));

    [Fact]
    public void Zero_has_no_sign() => Assert.Equal("0", Format(-0.0));

    [Property(MaxTest = 20_000)]
    public bool Every_double_is_read_back(ulong bits)
    {
        var value = BitConverter.UInt64BitsToDouble(bits);
        return Parse(Format(value)) is { } read && read.Equals(value);
    }

    [Property(MaxTest = 20_000)]
    public Property Decimals_are_rounded_as_dotnet_rounds_them() => Prop.ForAll(Decimals.ToArbitrary(), text =>
        BitConverter.DoubleToInt64Bits(Parse(text)!.Value)
            == BitConverter.DoubleToInt64Bits(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture)));

    [Property(MaxTest = 20_000)]
    public Property Near_floats_are_accepted_by_the_grammar_alone() => Prop.ForAll(NearFloats.ToArbitrary(), text =>
        Parse(text) is null != (Grammar.IsMatch(text) && !Overflows(text)));

    [Property(MaxTest = 20_000)]
    public Property What_is_held_for_canonical_is() => Prop.ForAll(Decimals.ToArbitrary(), text =>
        !GoFloat.IsSurelyCanonical(Encoding.UTF8.GetBytes(text)) || Format(Parse(text)!.Value) == text);

    [Fact]
    public void Usual_bounds_are_held_for_canonical() =>
        Assert.All(
            (string[])["0", "1", "0.005", "0.99", "10", "2.5", "999999", "0.0001", "123.456", "1e+06", "2.5e-05", "1e+21"],
            text => Assert.True(GoFloat.IsSurelyCanonical(Encoding.UTF8.GetBytes(text)), text));

    private static Gen<string> Decimals =>
        from sign in Gen.Elements("", "", "-", "+")
        from whole in DigitRun
        from fraction in Gen.OneOf(Gen.Constant(""), DigitRun.Select(digits => "." + digits))
        from exponent in Gen.OneOf(Gen.Constant(""), Gen.Choose(-330, 270).Select(e => FormattableString.Invariant($"e{e}")))
        select sign + whole + fraction + exponent;

    private static Gen<string> DigitRun =>
        from length in Gen.Choose(1, 20)
        from digits in Gen.Choose(0, 9).ArrayOf(length)
        select string.Concat(digits);

    private static Gen<string> NearFloats =>
        from length in Gen.Choose(0, 7)
        from units in Gen.Elements("0123459.+-eE_xXpPinfNaty ".ToCharArray()).ArrayOf(length)
        select new string(units);

    [GeneratedRegex(
        @"\A([+-]?(([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?|inf)|nan)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Grammar { get; }

    private static bool Overflows(string text) =>
        !text.EndsWith("inf", StringComparison.OrdinalIgnoreCase)
        && double.IsInfinity(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture));

    private static double? Parse(string text) => GoFloat.TryParse(Encoding.UTF8.GetBytes(text), out var value) ? value : null;

    private static string Format(double value)
    {
        Span<byte> buffer = stackalloc byte[GoFloat.MaxLength];
        return Encoding.ASCII.GetString(buffer[..GoFloat.Format(value, buffer)]);
    }
}
