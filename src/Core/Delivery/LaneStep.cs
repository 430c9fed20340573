namespace PushGateway.Delivery;

/// <summary>One step of work on held messages.</summary>
/// <param name="Worked">Whether a message was tried.</param>
/// <param name="Next">When none was: the message that is tried again the soonest, if one waits for its time.</param>
internal readonly record struct LaneStep(bool Worked, HeldMessage? Next);
