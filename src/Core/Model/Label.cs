namespace PushGateway.Model;

/// <summary>A label as two symbols.</summary>
/// <param name="Name">Symbol of the name.</param>
/// <param name="Value">Symbol of the value; never the empty string, which Prometheus holds equal to no label.</param>
public readonly record struct Label(int Name, int Value);
