using PushGateway.Push;
using Xunit;

namespace PushGateway.Core.Tests.Push;

public sealed class GroupingKeyParserTests
{
    [Theory]
    [InlineData("job/backup", "job=backup")]
    [InlineData("job/backup/", "job=backup")]
    [InlineData("job/j/instance/db1", "job=j instance=db1")]
    [InlineData("job/j/z/1/a/2", "job=j a=2 z=1")]
    [InlineData("job/j/foo/", "job=j foo=")]
    [InlineData("job/j/foo@base64/=", "job=j foo=")]
    [InlineData("job/j/path@base64/L3Zhci90bXA", "job=j path=/var/tmp")]
    [InlineData("job/j/path@base64/L3Zhci90bXA=", "job=j path=/var/tmp")]
    [InlineData("job@base64/YmFja3Vw/a/b", "job=backup a=b")]
    [InlineData("job/j/l@base64/YR", "job=j l=a")]
    [InlineData("job/j/l@base64/YW%0AJj", "job=j l=abc")]
    [InlineData("job/a+b%20c/l/%C3%A9", "job=a+b c l=é")]
    [InlineData("job/j%2Fa%2Fb", "job=j a=b")]
    [InlineData("job/j/a/1/a/2", "job=j a=2")]
    [InlineData("job/first/job/second", "job=first")]
    public void A_path_is_a_key(string path, string labels)
    {
        Assert.True(GroupingKeyParser.TryParse(path, out var key, out _));
        Assert.Equal(labels, string.Join(' ', key.Labels.Select(label => $"{label.Key}={label.Value}")));
    }

    [Theory]
    [InlineData("job/j/instance/db1", "job/j/instance/db1")]
    [InlineData("job@base64/YmFja3Vw/z/1", "job/backup/z/1")]
    [InlineData("job/j/path@base64/L3Zhci90bXA=", "job/j/path@base64/L3Zhci90bXA")]
    [InlineData("job/a%20%C3%A9%7F", "job/a%20%C3%A9%7F")]
    public void The_canonical_path_is_ascii_and_means_the_same(string path, string canonical)
    {
        Assert.True(GroupingKeyParser.TryParse(path, out var key, out _));
        Assert.Equal(canonical, key.Path);
        Assert.True(GroupingKeyParser.TryParse(key.Path, out var again, out _));
        Assert.Equal(key, again);
        Assert.Equal(key.Labels, again.Labels);
    }

    [Theory]
    [InlineData("job/j/instance@base64/=", "job/j")]
    [InlineData("job/j/a//z/1", "job/j/z/1")]
    public void A_key_with_an_empty_label_is_the_key_without_it_but_takes_the_label_off_what_is_pushed(string path, string same)
    {
        Assert.True(GroupingKeyParser.TryParse(path, out var key, out _));
        Assert.True(GroupingKeyParser.TryParse(same, out var other, out _));
        Assert.Equal(other, key);
        Assert.Contains(key.Labels, label => label.Value.Length == 0);
    }

    [Theory]
    [InlineData("", "job name is required")]
    [InlineData("job", "job name is required")]
    [InlineData("job/", "job name is required")]
    [InlineData("job//a/b", "job name is required")]
    [InlineData("instance/x", "job name is required")]
    [InlineData("job/j/foo", "odd number of components in label string \"/foo\"")]
    [InlineData("job/j/a/b/c", "odd number of components in label string \"/a/b/c\"")]
    [InlineData("job/j/a=b/c", "improper label name \"a=b\"")]
    [InlineData("job/j/__x/c", "improper label name \"__x\"")]
    [InlineData("job/j/1x/c", "improper label name \"1x\"")]
    [InlineData("job/j//c", "improper label name \"\"")]
    [InlineData("job/j/l@base64/a~b", "invalid base64 encoding for label l=\"a~b\": illegal base64 data at input byte 1")]
    [InlineData("job/j/l@base64/abcde", "invalid base64 encoding for label l=\"abcde\": illegal base64 data at input byte 4")]
    [InlineData("job@base64/a~b", "invalid base64 encoding in job name \"\": illegal base64 data at input byte 1")]
    [InlineData("job@base64/YWJj!!", "invalid base64 encoding in job name \"abc\": illegal base64 data at input byte 4")]
    [InlineData("job/j/l@base64/YW%0AJ~", "invalid base64 encoding for label l=\"YW\\nJ~\": illegal base64 data at input byte 4")]
    [InlineData("job/%FF", "invalid percent-encoding or UTF-8 in path")]
    [InlineData("job/%zz", "invalid percent-encoding or UTF-8 in path")]
    [InlineData("job/j/l@base64/_w", "invalid base64 encoding for label l=\"_w\": not UTF-8")]
    public void What_is_no_key_is_refused_in_Pushgateways_words(string path, string reason)
    {
        Assert.False(GroupingKeyParser.TryParse(path, out _, out var error));
        Assert.Equal(reason, error.Detail);
    }
}
