namespace PushGateway.Api.Tests;

/// <summary>One error of a <see cref="Problem"/>.</summary>
internal sealed record ProblemError(string Code, string Detail, string? Pointer, int? Line);
