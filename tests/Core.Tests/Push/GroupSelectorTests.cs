using FsCheck.Xunit;
using PushGateway.Push;
using Xunit;

namespace PushGateway.Core.Tests.Push;

public sealed class GroupSelectorTests
{
    private static readonly string[] Names = ["job", "instance", "a", "_b9"];

    private static readonly string[] Values = ["", "x", "y", "a b", "\"", "\\", "\\n", "\n\r\t", "'`{},=!", "é😀", "\u0001\u007F\uFEFF"];

    private static readonly string[] Fragments =
        ["{", "}", "=", "!=", "=~", "!", ",", " ", "\"", "'", "`", "\\", "\\u00e9", "\\u", "job", "a", "\"x\"", "'y'", "9", "é", "\n"];

    [Theory]
    [InlineData("""{job="backup"}""", """{job="backup"}""")]
    [InlineData("""job="backup" """, """{job="backup"}""")]
    [InlineData(""" { job = "backup" , instance != 'db1' , } """, """{job="backup",instance!="db1"}""")]
    [InlineData("""a="1",a="2",a!="" """, """{a="1",a="2",a!=""}""")]
    [InlineData("{}", "{}")]
    [InlineData("{ }", "{}")]
    [InlineData("a=`\\n\"'`", """{a="\\n\"'"}""")]
    [InlineData("""a="\\\"\'\n\r\t\u00e9",b='"'""", """{a="\\\"'\u000a\u000d\u0009\u00e9",b="\""}""")]
    [InlineData("""a="}",b="{,=" """, """{a="}",b="{,="}""")]
    [InlineData("a=\"é😀\"", """{a="\u00e9\ud83d\ude00"}""")]
    public void A_selector_is_read_and_written_in_one_form(string text, string written)
    {
        Assert.True(GroupSelector.TryParse(text, out var selector, out var error), error?.ToString());
        Assert.Equal(written, selector.Text);
        Assert.Equal(written, selector.ToString());
        Assert.True(GroupSelector.TryParse(written, out var again, out _));
        Assert.Equal(selector, again);
        Assert.Equal(selector.GetHashCode(), again.GetHashCode());
    }

    [Theory]
    [InlineData("", "it is empty; {} selects every group")]
    [InlineData("  ", "it is empty; {} selects every group")]
    [InlineData("{", "the closing brace is missing")]
    [InlineData("{a=\"x\"", "the closing brace is missing")]
    [InlineData("}", "\"}\" is not the name of a label")]
    [InlineData("{,}", "\",\" is not the name of a label")]
    [InlineData("{a=\"x\"}}", "matchers are separated by commas")]
    [InlineData("{a=\"x\"} {}", "matchers are separated by commas")]
    [InlineData("a=\"x\" b=\"y\"", "matchers are separated by commas")]
    [InlineData("up{a=\"x\"}", "\"up{a\" is not the name of a label")]
    [InlineData("9a=\"x\"", "\"9a\" is not the name of a label")]
    [InlineData("__name__=\"x\"", "\"__name__\" is not the name of a label")]
    [InlineData("grün=\"x\"", "\"grün\" is not the name of a label")]
    [InlineData("a\nb=\"x\"", "\"a\uFFFDb\" is not the name of a label")]
    [InlineData("=\"x\"", "\"\" is not the name of a label")]
    [InlineData("a", "label \"a\" is compared by = or !=")]
    [InlineData("a=", "label \"a\" is compared by = or !=")]
    [InlineData("a=~\"x\"", "label \"a\" is compared by = or !=")]
    [InlineData("a!~\"x\"", "label \"a\" is compared by = or !=")]
    [InlineData("a==\"x\"", "label \"a\" is compared by = or !=")]
    [InlineData("a!\"x\"", "label \"a\" is compared by = or !=")]
    [InlineData("a!=", "the value of label \"a\" is not a string in quotes")]
    [InlineData("a=x", "the value of label \"a\" is not a string in quotes")]
    [InlineData("a=\"x", "the value of label \"a\" is not a string in quotes")]
    [InlineData("a=\"x'", "the value of label \"a\" is not a string in quotes")]
    [InlineData("a=\"\\", "the value of label \"a\" is not a string in quotes")]
    [InlineData("a=\"\\q\"", "the value of label \"a\" is not a string in quotes")]
    [InlineData("a=\"\\u12g4\"", "the value of label \"a\" is not a string in quotes")]
    [InlineData("a=\"\\u12\"", "the value of label \"a\" is not a string in quotes")]
    public void Anything_else_is_refused_with_the_reason(string text, string reason)
    {
        Assert.False(GroupSelector.TryParse(text, out _, out var error));
        Assert.Equal(new PushError(RejectCode.SelectorInvalid, "the selector cannot be read: " + reason), error);
    }

    [Fact]
    public void A_refusal_does_not_repeat_all_that_was_sent()
    {
        Assert.False(GroupSelector.TryParse(new string('9', 10_000) + "=\"x\"", out _, out var error));
        Assert.InRange(error.Detail.Length, 1, 200);
    }

    [Property(MaxTest = 1000)]
    public void Every_selector_comes_back_from_its_text_and_takes_what_each_matcher_takes(int seed)
    {
        var random = new Random(seed);
        var matchers = Enumerable.Range(0, random.Next(4))
            .Select(_ => new LabelMatcher(Any(random, Names), Any(random, Values), random.Next(2) == 0)).ToArray();
        var text = $"{{{string.Join(',', matchers.Select(matcher => $"{matcher.Name}{(matcher.IsEqual ? "=" : "!=")}{Quote(matcher.Value, random)}"))}}}";

        Assert.True(GroupSelector.TryParse(text, out var selector, out var error), $"{text}: {error}");
        Assert.Equal(matchers, selector.Matchers);
        Assert.All(selector.Text, c => Assert.InRange(c, ' ', '~'));
        Assert.True(GroupSelector.TryParse(selector.Text, out var again, out _));
        Assert.Equal(matchers, again.Matchers);

        var labels = Names.Where(name => name == "job" || random.Next(2) == 0).ToDictionary(name => name, name => name == "job" ? "x" : Any(random, Values));
        var expected = matchers.All(matcher => (labels.GetValueOrDefault(matcher.Name, "") == matcher.Value) == matcher.IsEqual);
        Assert.Equal(expected, selector.Matches(Key(labels).Path));
    }

    [Property(MaxTest = 1000)]
    public void Whatever_is_read_is_read_again_from_its_text(int seed)
    {
        var random = new Random(seed);
        var text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => Any(random, Fragments)));
        if (GroupSelector.TryParse(text, out var selector, out var error))
        {
            Assert.True(GroupSelector.TryParse(selector.Text, out var again, out _), selector.Text);
            Assert.Equal(selector.Matchers, again.Matchers);
        }
        else
        {
            Assert.Equal(RejectCode.SelectorInvalid, error.Code);
        }
    }

    [Fact]
    public void More_labels_narrow_a_selector()
    {
        Assert.True(GroupSelector.TryParse("tenant=\"b\"", out var selector, out _));
        var narrowed = selector.With(KeyValuePair.Create("tenant", "a"), KeyValuePair.Create("site", "s"));

        Assert.Equal("""{tenant="b",tenant="a",site="s"}""", narrowed.Text);
        Assert.False(narrowed.Matches(Key(new Dictionary<string, string> { ["job"] = "j", ["tenant"] = "b", ["site"] = "s" }).Path));
        Assert.Equal("""{site="s"}""", GroupSelector.All.With(KeyValuePair.Create("site", "s")).Text);
        Assert.Equal(selector, selector.With());
    }

    [Fact]
    public void All_takes_every_group()
    {
        Assert.Equal("{}", GroupSelector.All.Text);
        Assert.True(GroupSelector.All.Matches(Key(new Dictionary<string, string> { ["job"] = "j" }).Path));
    }

    private static GroupingKey Key(Dictionary<string, string> labels)
    {
        var path = string.Join('/', labels.OrderBy(label => label.Key != "job").Select(label => label.Value.Length == 0
            ? $"{label.Key}@base64/="
            : $"{label.Key}/{Uri.EscapeDataString(label.Value)}"));
        Assert.True(GroupingKeyParser.TryParse(path, out var key, out var error), error?.Detail);
        return key;
    }

    // As the sender may write it: in any quotes that can hold the value, with or without the escapes that are optional.
    private static string Quote(string value, Random random)
    {
        if (!value.Contains('`', StringComparison.Ordinal) && random.Next(3) == 0)
        {
            return $"`{value}`";
        }

        var quote = random.Next(2) == 0 ? '"' : '\'';
        return quote + string.Concat(value.Select(c => c switch
        {
            '\\' or '"' or '\'' => "\\" + c,
            '\n' when random.Next(2) == 0 => "\\n",
            '\r' when random.Next(2) == 0 => "\\r",
            '\t' when random.Next(2) == 0 => "\\t",
            _ when random.Next(4) == 0 => $"\\u{(int)c:X4}",
            _ => c.ToString(),
        })) + quote;
    }

    private static string Any(Random random, string[] choices) => choices[random.Next(choices.Length)];
}
