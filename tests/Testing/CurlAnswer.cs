namespace PushGateway.Testing;

/// <summary>What a server answered to <see cref="Curl"/>.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body's lines.</param>
public readonly record struct CurlAnswer(int Status, string Body);
