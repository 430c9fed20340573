namespace PushGateway.Testing;

/// <summary>A server's answer to <see cref="Curl"/>.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body as text.</param>
public readonly record struct CurlAnswer(int Status, string Body);
