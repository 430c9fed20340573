using PushGateway.Configuration;

namespace PushGateway.Aws.Secrets;

/// <summary>Which secret or parameter is read, and from which endpoint.</summary>
public sealed record SecretOptions
{
    /// <summary>The secret or the parameter.</summary>
    public required SecretArn Arn { get; init; }

    /// <summary>The endpoint to call; null for the service's public endpoint in the ARN's region.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>
    /// Reads the setting, which is an ARN, and the SDK's own <c>AWS_ENDPOINT_URL_SECRETS_MANAGER</c>, <c>AWS_ENDPOINT_URL_SSM</c> and
    /// <c>AWS_ENDPOINT_URL</c>. Null when the setting is missing or is not an ARN.
    /// </summary>
    public static SecretOptions? Read(SettingsReader settings, string name)
    {
        if (settings.Text(name) is not { } text)
        {
            return null;
        }

        if (!SecretArn.TryParse(text, out var arn))
        {
            // The value is not quoted, because it may be the secret itself.
            settings.Refuse(
                $"{name}: it is not the ARN of a secret (arn:aws:secretsmanager:<region>:<account>:secret:<name>) "
                + "or of a parameter (arn:aws:ssm:<region>:<account>:parameter/<name>).");
            return null;
        }

        settings.Show(name, text);
        return new SecretOptions
        {
            Arn = arn,
            Endpoint = settings.Url(arn.IsParameter ? "AWS_ENDPOINT_URL_SSM" : "AWS_ENDPOINT_URL_SECRETS_MANAGER")
                ?? settings.Url("AWS_ENDPOINT_URL"),
        };
    }
}
