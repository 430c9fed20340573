using System.Text.Json.Serialization;

namespace PushGateway.Aws.Secrets;

/// <summary>The members that are read from an answer of <c>GetSecretValue</c> or <c>GetParameter</c>, or from an error of either.</summary>
internal sealed record SecretAnswer
{
    /// <summary>The text of the secret; null for a binary secret.</summary>
    public string? SecretString { get; init; }

    public ParameterValue? Parameter { get; init; }

    /// <summary>The error's name, sometimes with a namespace and <c>#</c> before it.</summary>
    [JsonPropertyName("__type")]
    public string? ErrorType { get; init; }

    /// <summary>The error's text.</summary>
    public string? Message { get; init; }

    internal sealed record ParameterValue(string? Value);
}
