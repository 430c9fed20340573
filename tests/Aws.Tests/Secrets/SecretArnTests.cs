using PushGateway.Aws.Secrets;
using PushGateway.Configuration;
using Xunit;

namespace PushGateway.Aws.Tests.Secrets;

/// <summary>Which ARNs are taken, and where they lead.</summary>
public sealed class SecretArnTests
{
    private const string Setting = "SETTING";

    [Theory]
    [InlineData("arn:aws:secretsmanager:eu-west-1:123456789012:secret:push/gateway-AbCdEf", "https://secretsmanager.eu-west-1.amazonaws.com/")]
    [InlineData("arn:aws:secretsmanager:us-east-1:123456789012:secret:a", "https://secretsmanager.us-east-1.amazonaws.com/")]
    [InlineData("arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:a_+=.@-b", "https://secretsmanager.cn-north-1.amazonaws.com.cn/")]
    [InlineData("arn:aws-us-gov:ssm:us-gov-west-1:123456789012:parameter/a", "https://ssm.us-gov-west-1.amazonaws.com/")]
    [InlineData("arn:aws-iso:ssm:us-iso-east-1:123456789012:parameter/a", "https://ssm.us-iso-east-1.c2s.ic.gov/")]
    [InlineData("arn:aws:ssm:eu-west-1:123456789012:parameter/push/gateway/credentials", "https://ssm.eu-west-1.amazonaws.com/")]
    public void An_ARN_names_service_region_and_endpoint(string text, string endpoint)
    {
        Assert.True(SecretArn.TryParse(text, out var arn));
        Assert.Equal((text, new Uri(endpoint)), (arn.Text, arn.Endpoint));
        Assert.Equal(text.Split(':')[2..4], new[] { arn.Service, arn.Region });
        Assert.Equal(text.Contains(":ssm:", StringComparison.Ordinal), arn.IsParameter);
    }

    [Theory]
    [InlineData("hunter2")]
    [InlineData(" ")]
    [InlineData("ci:pbkdf2-sha256:600000:hunter2:hunter2")]
    [InlineData("arn:aws:secretsmanager:eu-west-1:123456789012:secret:")]
    [InlineData("arn:aws:secretsmanager:eu-west-1:123456789012:secret")]
    [InlineData("arn:aws:secretsmanager:eu-west-1:123456789012:secret:hunter2:json-key::")]
    [InlineData("arn:aws:secretsmanager:eu-west-1:123456789012:secret:hunter 2")]
    [InlineData("arn:aws:secretsmanager:eu-west-1:12345678901:secret:hunter2")]
    [InlineData("arn:aws:secretsmanager:eu-west-1::secret:hunter2")]
    [InlineData("arn:aws:secretsmanager::123456789012:secret:hunter2")]
    [InlineData("arn:aws:secretsmanager:example.com/a-:123456789012:secret:hunter2")]
    [InlineData("arn:aws:secretsmanager:eu-west-1.example:123456789012:secret:hunter2")]
    [InlineData("arn::secretsmanager:eu-west-1:123456789012:secret:hunter2")]
    [InlineData("arn:awsome:secretsmanager:eu-west-1:123456789012:secret:hunter2")]
    [InlineData("ARN:aws:secretsmanager:eu-west-1:123456789012:secret:hunter2")]
    [InlineData("arn:aws:ssm:eu-west-1:123456789012:parameter/")]
    [InlineData("arn:aws:ssm:eu-west-1:123456789012:parameter:hunter2")]
    [InlineData("arn:aws:ssm:eu-west-1:123456789012:parameter/hunter2:3")]
    [InlineData("arn:aws:ssm:eu-west-1:123456789012:document/hunter2")]
    [InlineData("arn:aws:sqs:eu-west-1:123456789012:hunter2")]
    public void Anything_else_is_refused_in_a_sentence_that_does_not_quote_it(string text)
    {
        var (options, errors) = Read(new() { [Setting] = text });
        Assert.Null(options);
        Assert.Equal(
            [
                $"{Setting}: it is not the ARN of a secret (arn:aws:secretsmanager:<region>:<account>:secret:<name>) "
                + "or of a parameter (arn:aws:ssm:<region>:<account>:parameter/<name>).",
            ],
            errors);
    }

    [Theory]
    [InlineData("secretsmanager:eu-west-1:123456789012:secret:a", "http://127.0.0.1:1/")]
    [InlineData("ssm:eu-west-1:123456789012:parameter/a", "http://127.0.0.1:2/")]
    public void The_SDKs_settings_of_endpoints_hold(string arn, string own)
    {
        var environment = new Dictionary<string, string> { [Setting] = $"arn:aws:{arn}" };
        Assert.Null(Read(environment).Options?.Endpoint);

        environment["AWS_ENDPOINT_URL"] = "http://127.0.0.1:3/";
        Assert.Equal(new Uri("http://127.0.0.1:3/"), Read(environment).Options?.Endpoint);

        environment["AWS_ENDPOINT_URL_SECRETS_MANAGER"] = "http://127.0.0.1:1/";
        environment["AWS_ENDPOINT_URL_SSM"] = "http://127.0.0.1:2/";
        Assert.Equal(new Uri(own), Read(environment).Options?.Endpoint);
    }

    private static (SecretOptions? Options, IReadOnlyList<string> Errors) Read(Dictionary<string, string> environment)
    {
        var settings = new SettingsReader(environment.GetValueOrDefault);
        return (SecretOptions.Read(settings, Setting), settings.Errors);
    }
}
