using PushGateway.Testing;

namespace PushGateway.Api.Tests.Auth;

/// <summary>A text that an emulator of AWS keeps, as a secret or as a parameter.</summary>
internal sealed record StoredText(string Arn, Func<string, Task> WriteAsync)
{
    public static async Task<StoredText> CreateAsync(SecretsEndpoint aws, bool isParameter, string text)
    {
        if (!isParameter)
        {
            var arn = await aws.CreateSecretAsync(text);
            return new StoredText(arn, next => aws.RotateSecretAsync(arn, next));
        }

        var name = SecretsEndpoint.RandomName();
        await aws.PutParameterAsync(name, text);
        return new StoredText(SecretsEndpoint.ParameterArn(name), next => aws.PutParameterAsync(name, next));
    }
}
