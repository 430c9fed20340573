namespace PushGateway.EndToEnd.Tests.Conformance;

/// <summary>What two results of a case can differ in. The names stand in the table of differences.</summary>
static class Aspect
{
    /// <summary>Status, headers or body of an answer.</summary>
    internal const string Answer = "answer";

    /// <summary>The pushed families.</summary>
    internal const string State = "state";

    /// <summary><c>push_time_seconds</c> and <c>push_failure_time_seconds</c>, where nothing else differs.</summary>
    internal const string PushTime = "push time";
}
