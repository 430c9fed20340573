namespace PushGateway.Embedded;

/// <summary>A range of consecutive message ids.</summary>
/// <param name="First">The first id.</param>
/// <param name="Last">The last id.</param>
internal readonly record struct IdRun(long First, long Last);
