using PushGateway.Queue;

namespace PushGateway.Embedded;

/// <summary>A message that could not be delivered, or stored data that could not be read.</summary>
/// <param name="Id">Its id among the dead letters.</param>
/// <param name="Message">The message as it was in the queue.</param>
/// <param name="SentMs">When the queue accepted it, milliseconds since the Unix epoch; 0 when that is not known.</param>
/// <param name="Code">The reason as one of the codes in <see cref="Push.RejectCode"/>.</param>
/// <param name="Reason">The reason as a sentence.</param>
/// <param name="DiedMs">When the gateway gave up on it, milliseconds since the Unix epoch.</param>
public sealed record StoredDeadLetter(long Id, QueueMessage Message, long SentMs, string Code, string Reason, long DiedMs);
