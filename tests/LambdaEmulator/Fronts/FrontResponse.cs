namespace PushGateway.LambdaEmulator;

/// <summary>A response as a front gives it.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Headers">The headers, a name as often as it is to be sent.</param>
/// <param name="Body">The body, as it is to be sent.</param>
sealed record FrontResponse(int Status, IReadOnlyList<(string Name, string Value)> Headers, ReadOnlyMemory<byte> Body)
{
    internal static FrontResponse Json(int status, string body) =>
        new(status, [("Content-Type", "application/json")], System.Text.Encoding.UTF8.GetBytes(body));
}
