namespace PushGateway.Groups;

/// <summary>A push that a group store could not apply now.</summary>
/// <param name="Push">Index of the push among those applied together.</param>
/// <param name="Reason">Why, in a sentence.</param>
public readonly record struct FailedPush(int Push, string Reason);
