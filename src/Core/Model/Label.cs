namespace PushGateway.Model;

/// <summary>A label as a pair of symbols.</summary>
/// <param name="Name">Symbol of the name.</param>
/// <param name="Value">Symbol of the value. Never the empty string, because Prometheus treats an empty label as missing.</param>
public readonly record struct Label(int Name, int Value);
