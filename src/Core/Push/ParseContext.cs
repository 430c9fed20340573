
namespace PushGateway.Push;

/// <summary>What a parser needs to know beside the bytes.</summary>
/// <param name="Limits">The limits to hold.</param>
/// <param name="ReceivedMs">Time of receipt, milliseconds since the Unix epoch: the timestamp of samples without one.</param>
public readonly record struct ParseContext(PushLimits Limits, long ReceivedMs);
