namespace PushGateway.Simulation;

public enum FailureKind
{
    /// <summary>Nothing listens.</summary>
    NoConnection,

    /// <summary>Requests may arrive, and no answer comes.</summary>
    NoAnswer,

    /// <summary>Every answer is a status that asks to try again.</summary>
    Status,
}
