namespace PushGateway.EndToEnd.Tests.Conformance;

/// <summary>What a server answered to a case, and what it exposed of it at the end.</summary>
/// <param name="Answers">A line for each request.</param>
/// <param name="State">The lines of the exposed state.</param>
sealed record ConformanceResult(IReadOnlyList<string> Answers, IReadOnlyList<string> State);
