using PushGateway.Aws.Lambda.Metrics;
using PushGateway.Configuration;
using Xunit;

namespace PushGateway.Aws.Tests.Lambda.Metrics;

public sealed class MetricsNamespaceTests
{
    public static TheoryData<string> Valid => ["PushGateway", "a", "My Team/Push-Gateway_1.0#x:y", "AWSome/x", new string('n', 255)];

    public static TheoryData<string> Invalid =>
        [" ", ":a", "AWS/Lambda", "a\tb", "a\nb", "größe", "a*", "a\"b", "a,b", "a+b", "\u0661", new string('n', 256)];

    [Theory]
    [MemberData(nameof(Valid))]
    public void What_CloudWatch_takes_is_taken_and_shown(string text)
    {
        var settings = Settings(text);

        Assert.Equal(text, MetricsNamespace.Read(settings));
        Assert.Empty(settings.Errors);
        Assert.Equal(text, settings.Shown["PUSHGATEWAY_METRICS_NAMESPACE"]);
    }

    [Theory]
    [MemberData(nameof(Invalid))]
    public void What_it_does_not_take_is_refused_with_a_sentence(string text)
    {
        var settings = Settings(text);

        Assert.Null(MetricsNamespace.Read(settings));
        Assert.StartsWith(
            $"PUSHGATEWAY_METRICS_NAMESPACE: \"{text}\" is not a CloudWatch namespace: ", Assert.Single(settings.Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Without_one_there_is_none(string? text)
    {
        var settings = Settings(text);

        Assert.Null(MetricsNamespace.Read(settings));
        Assert.Empty(settings.Errors);
    }

    private static SettingsReader Settings(string? text) => new(name => name == "PUSHGATEWAY_METRICS_NAMESPACE" ? text : null);
}
