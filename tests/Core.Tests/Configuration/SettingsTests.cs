using PushGateway.Configuration;
using PushGateway.Push;
using Xunit;

namespace PushGateway.Core.Tests.Configuration;

public sealed class SettingsTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("500ms", 500)]
    [InlineData("15s", 15_000)]
    [InlineData("5m", 300_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("1d12h", 129_600_000)]
    [InlineData("1y2w3d4h5m6s7ms", ((((365L + 14 + 3) * 24) + 4) * 3_600_000) + 306_007)]
    public void A_duration_is_read_as_Prometheus_reads_it(string text, long milliseconds)
    {
        Assert.True(Duration.TryParse(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("m")]
    [InlineData("5 m")]
    [InlineData("-5m")]
    [InlineData("5m1h")]
    [InlineData("5m5m")]
    [InlineData("1.5h")]
    [InlineData("5M")]
    [InlineData("99999999999y")]
    [InlineData("99999999999999999999s")]
    public void Anything_else_is_no_duration(string text) => Assert.False(Duration.TryParse(text, out _));

    [Fact]
    public void Every_bad_setting_is_named_at_once()
    {
        var settings = Read(("PUSHGATEWAY_MAX_BODY_BYTES", "lots"), ("PUSHGATEWAY_MAX_SAMPLE_AGE", "yesterday"), ("U", "ftp://x"), ("C", "7"), ("PUSHGATEWAY_ALLOW_TIMESTAMPS", "yes"));
        PushLimits.Read(settings);
        settings.Url("U");
        settings.Choice("C", DayOfWeek.Monday);

        var exception = Assert.Throws<SettingsException>(settings.ThrowIfInvalid);

        Assert.Equal(
            [
                "PUSHGATEWAY_MAX_BODY_BYTES: \"lots\" is not a whole number from 1 to 536870912.",
                "PUSHGATEWAY_MAX_SAMPLE_AGE: \"yesterday\" is not a duration such as 5m or 1h30m, at least 0 s.",
                "PUSHGATEWAY_ALLOW_TIMESTAMPS: \"yes\" is not true or false.",
                "U: \"ftp://x\" is not an absolute http or https URL.",
                "C: \"7\" is not one of Sunday, Monday, Tuesday, Wednesday, Thursday, Friday, Saturday.",
            ],
            exception.Message.Split(Environment.NewLine));
    }

    [Fact]
    public void What_is_set_counts_and_what_is_empty_does_not()
    {
        var limits = PushLimits.Read(Read(("PUSHGATEWAY_MAX_LABELS", "30"), ("PUSHGATEWAY_FUTURE_TOLERANCE", "1m"), ("PUSHGATEWAY_MAX_NAME_BYTES", ""), ("PUSHGATEWAY_ALLOW_TIMESTAMPS", "TRUE")));

        Assert.Equal(PushLimits.Default with { MaxLabels = 30, FutureTolerance = TimeSpan.FromMinutes(1), AllowTimestamps = true }, limits);
    }

    private static SettingsReader Read(params (string Name, string Value)[] settings)
    {
        var values = settings.ToDictionary(setting => setting.Name, setting => setting.Value);
        return new SettingsReader(values.GetValueOrDefault);
    }
}
