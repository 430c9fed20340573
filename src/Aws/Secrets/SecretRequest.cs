namespace PushGateway.Aws.Secrets;

/// <summary>
/// The request of <c>GetSecretValue</c>, which has only <paramref name="SecretId"/>, or of <c>GetParameter</c>, which has only the others.
/// </summary>
internal sealed record SecretRequest(string? SecretId, string? Name, bool? WithDecryption);
