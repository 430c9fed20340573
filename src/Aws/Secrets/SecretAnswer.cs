using System.Text.Json.Serialization;

namespace PushGateway.Aws.Secrets;

/// <summary>What is read of an answer: of <c>GetSecretValue</c>, of <c>GetParameter</c>, or of an error of either.</summary>
internal sealed record SecretAnswer
{
    /// <summary>Null also for a secret of bytes.</summary>
    public string? SecretString { get; init; }

    public ParameterValue? Parameter { get; init; }

    /// <summary>The error's name, perhaps behind a namespace and <c>#</c>.</summary>
    [JsonPropertyName("__type")]
    public string? ErrorType { get; init; }

    /// <summary>The error in words.</summary>
    public string? Message { get; init; }

    internal sealed record ParameterValue(string? Value);
}
