using PushGateway.Push;

namespace PushGateway.Groups;

/// <summary>A push that a group store refused.</summary>
/// <param name="Push">Index of the push among those applied together.</param>
/// <param name="Reason">Why.</param>
public readonly record struct RefusedPush(int Push, PushError Reason);
