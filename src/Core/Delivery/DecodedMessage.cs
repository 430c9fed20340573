using PushGateway.Model;
using PushGateway.Push;

namespace PushGateway.Delivery;

/// <summary>A message whose samples are in a batch; the default is one that could not be decoded.</summary>
/// <param name="Header">What it does.</param>
/// <param name="Start">Where its series begin in the batch.</param>
/// <param name="End">Where they end.</param>
internal readonly record struct DecodedMessage(PushHeader Header, BatchMark Start, BatchMark End)
{
    /// <summary>Whether a sample of the message has the time of its push, which every sample without a timestamp gets.</summary>
    public bool Gave(in Sample sample) => Header.PushTimeNs / 1_000_000 == sample.TimestampMs;
}
