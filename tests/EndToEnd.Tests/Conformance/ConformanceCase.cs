namespace PushGateway.EndToEnd.Tests.Conformance;

/// <summary>Requests that are sent one after another, and leave their group in a state to compare.</summary>
/// <param name="Name">Lower-case words and dashes; what the table of differences calls it.</param>
/// <param name="Token">Begins the job and the metric names of this case, and of no other.</param>
/// <param name="IsPoison">What it leaves behind changes how a Pushgateway answers everybody else.</param>
/// <param name="Requests">The requests.</param>
sealed record ConformanceCase(string Name, string Token, bool IsPoison, IReadOnlyList<ConformanceRequest> Requests);
