namespace PushGateway.EndToEnd.Tests.Conformance;

/// <summary>Requests that are sent one after another, and leave their group in a state to compare.</summary>
/// <param name="Name">Lower-case words and dashes; what the table of differences calls it.</param>
/// <param name="Token">Begins the job and the metric names of this case, and of no other.</param>
/// <param name="Kind"><c>poison</c>, <c>lifecycle</c>, or empty.</param>
/// <param name="Requests">The requests.</param>
sealed record ConformanceCase(string Name, string Token, string Kind, IReadOnlyList<ConformanceRequest> Requests)
{
    /// <summary>What it leaves behind changes how a Pushgateway answers everybody else.</summary>
    internal bool IsPoison => Kind == "poison";

    /// <summary>It ends the server, which may be ended over HTTP.</summary>
    internal bool IsLifecycle => Kind == "lifecycle";
}
