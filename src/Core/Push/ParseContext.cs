
namespace PushGateway.Push;

/// <summary>The input of a parser beside the bytes.</summary>
/// <param name="Limits">The limits to check.</param>
/// <param name="ReceivedMs">Time of receipt in milliseconds since the Unix epoch. Samples without a timestamp get this one.</param>
public readonly record struct ParseContext(PushLimits Limits, long ReceivedMs);
