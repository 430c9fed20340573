using PushGateway.Push;

namespace PushGateway.Queue;

/// <summary>A message that can never be delivered, and why.</summary>
public sealed record DeadLetter(ReceivedMessage Message, PushError Reason);
