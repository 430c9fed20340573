using System.Text;
using System.Text.Json;

namespace PushGateway.LambdaEmulator;

/// <summary>The answer to an invocation.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Payload">
/// The function's response, or the error as Lambda's JSON object with <c>errorType</c> and <c>errorMessage</c>.
/// </param>
public sealed record InvocationResult(InvocationOutcome Outcome, ReadOnlyMemory<byte> Payload)
{
    /// <summary>The payload as text.</summary>
    public string Text => Encoding.UTF8.GetString(Payload.Span);

    /// <summary>The error's type; null when there is no error.</summary>
    /// <exception cref="JsonException">The function reported an error that is not JSON.</exception>
    public string? ErrorType => Outcome == InvocationOutcome.Succeeded
        ? null
        : JsonSerializer.Deserialize<JsonElement>(Payload.Span).GetProperty("errorType").GetString();

    /// <inheritdoc/>
    public override string ToString() => $"{Outcome}: {Text}";

    internal static InvocationResult Throttled { get; } =
        Failure(InvocationOutcome.Throttled, "TooManyRequestsException", "Rate Exceeded.");

    internal static InvocationResult RequestTooLarge { get; } = Failure(
        InvocationOutcome.RequestTooLarge,
        "RequestEntityTooLargeException",
        $"Request must be smaller than {PayloadLimits.Request} bytes for the InvokeFunction operation");

    internal static InvocationResult Error(string type, string message) => Failure(InvocationOutcome.FunctionError, type, message);

    static InvocationResult Failure(InvocationOutcome outcome, string type, string message) =>
        new(outcome, JsonSerializer.SerializeToUtf8Bytes(new { errorType = type, errorMessage = message }));
}
