using PushGateway.Model;
using PushGateway.Push;

namespace PushGateway.Delivery;

/// <summary>A message whose samples are in a batch; the default is one that could not be decoded.</summary>
/// <param name="Header">What it does.</param>
/// <param name="Start">Where its series begin in the batch.</param>
/// <param name="End">Where they end.</param>
internal readonly record struct DecodedMessage(PushHeader Header, BatchMark Start, BatchMark End);
