using PushGateway.Push;
using Xunit;

namespace PushGateway.Api.Tests.Auth;

/// <summary>Labels set on a grouping key.</summary>
public sealed class GroupingKeyTests
{
    [Theory]
    [InlineData("job/j", "tenant", "a", "job/j/tenant/a")]
    [InlineData("job/j/zone/z/app/x", "tenant", "a", "job/j/app/x/tenant/a/zone/z")]
    [InlineData("job/j/tenant/b", "tenant", "a", "job/j/tenant/a")]
    [InlineData("job/j/tenant@base64/=", "tenant", "a/b c", "job/j/tenant@base64/YS9iIGM")]
    [InlineData("job/j/tenant/b", "job", "k", "job/k/tenant/b")]
    public void With_replaces_and_keeps_the_order(string path, string name, string value, string expected)
    {
        Assert.True(GroupingKeyParser.TryParse(path, out var key, out _));
        var changed = key.With(new KeyValuePair<string, string>(name, value));

        Assert.Equal(expected, changed.Path);
        Assert.True(GroupingKeyParser.TryParse(expected, out var parsed, out _));
        Assert.Equal(parsed, changed);
        Assert.Equal(parsed.Labels, changed.Labels);
    }

    [Fact]
    public void With_an_empty_label_is_the_group_without_it()
    {
        Assert.True(GroupingKeyParser.TryParse("job/j/tenant/b", out var key, out _));
        var changed = key.With(new KeyValuePair<string, string>("tenant", ""));

        Assert.Equal("job/j", changed.Path);
        Assert.Contains(new KeyValuePair<string, string>("tenant", ""), changed.Labels);
    }

    [Theory]
    [InlineData("job", "")]
    [InlineData("", "x")]
    [InlineData("0", "x")]
    [InlineData("a-b", "x")]
    [InlineData("__name__", "x")]
    public void With_takes_only_labels_that_a_group_may_have(string name, string value)
    {
        Assert.True(GroupingKeyParser.TryParse("job/j", out var key, out _));
        Assert.Throws<ArgumentException>(() => key.With(new KeyValuePair<string, string>(name, value)));
    }
}
