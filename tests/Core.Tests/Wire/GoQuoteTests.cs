using System.Text;
using PushGateway.Wire;
using Xunit;

namespace PushGateway.Core.Tests.Wire;

public sealed class GoQuoteTests
{
    [Theory]
    [InlineData("", "\"\"")]
    [InlineData("plain text", "\"plain text\"")]
    [InlineData("a\"b\\c'd", "\"a\\\"b\\\\c'd\"")]
    [InlineData("\a\b\f\n\r\t\v", "\"\\a\\b\\f\\n\\r\\t\\v\"")]
    [InlineData("\0\u001f\u007f", "\"\\x00\\x1f\\x7f\"")]
    [InlineData("ü日", "\"ü日\"")]
    [InlineData("\u00a0\u00ad\u2028\ufeff", "\"\\u00a0\\u00ad\\u2028\\ufeff\"")]
    [InlineData("\U0001F600\U000E0001", "\"\U0001F600\\U000e0001\"")]
    public void Quotes_strings(string text, string expected) => Assert.Equal(expected, GoQuote.Quote(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Quotes_bytes_that_are_not_UTF8() =>
        Assert.Equal("\"\\xbd\\xe2\\x82é\\xed\\xa0\\x80\"", GoQuote.Quote([0xbd, 0xe2, 0x82, 0xc3, 0xa9, 0xed, 0xa0, 0x80]));

    [Theory]
    [InlineData((byte)'+', "'+'")]
    [InlineData((byte)'\'', "'\\''")]
    [InlineData((byte)'"', "'\"'")]
    [InlineData((byte)'\n', "'\\n'")]
    [InlineData(0x80, "'\\u0080'")]
    [InlineData(0xe9, "'é'")]
    public void Quotes_bytes_as_characters(byte unit, string expected) => Assert.Equal(expected, GoQuote.Quote(unit));

    [Theory]
    [InlineData(100, 100)]
    [InlineData(101, 100)]
    public void Long_texts_are_cut(int length, int kept) =>
        Assert.Equal(
            $"\"{new string('x', kept)}\"{(kept < length ? "..." : "")}",
            GoQuote.Quote(Encoding.ASCII.GetBytes(new string('x', length))));

    [Fact]
    public void No_character_is_cut_apart() =>
        Assert.Equal($"\"{new string('x', 98)}\"...", GoQuote.Quote(Encoding.UTF8.GetBytes(new string('x', 98) + "日日")));
}
