using PushGateway.Queue;

namespace PushGateway.Embedded;

/// <summary>A message that could never be delivered, as it is kept.</summary>
/// <param name="Id">Identifies it among the dead letters.</param>
/// <param name="Message">The message as it was in the queue.</param>
/// <param name="SentMs">When the queue took it, milliseconds since the Unix epoch.</param>
/// <param name="Code">Why: one of <see cref="Push.RejectCode"/>.</param>
/// <param name="Reason">Why, as a sentence.</param>
/// <param name="DiedMs">When it was given up, milliseconds since the Unix epoch.</param>
public sealed record StoredDeadLetter(long Id, QueueMessage Message, long SentMs, string Code, string Reason, long DiedMs);
