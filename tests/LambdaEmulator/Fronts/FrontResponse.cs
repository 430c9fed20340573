namespace PushGateway.LambdaEmulator;

/// <summary>A response of a front.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Headers">The headers. A name may occur more than once.</param>
/// <param name="Body">The body as sent.</param>
sealed record FrontResponse(int Status, IReadOnlyList<(string Name, string Value)> Headers, ReadOnlyMemory<byte> Body)
{
    internal static FrontResponse Json(int status, string body) =>
        new(status, [("Content-Type", "application/json")], System.Text.Encoding.UTF8.GetBytes(body));
}
