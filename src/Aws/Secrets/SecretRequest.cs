namespace PushGateway.Aws.Secrets;

/// <summary>What <c>GetSecretValue</c> is asked with, <paramref name="SecretId"/> alone, or <c>GetParameter</c>, the other two.</summary>
internal sealed record SecretRequest(string? SecretId, string? Name, bool? WithDecryption);
