namespace PushGateway.Embedded;

/// <summary>Messages whose ids follow one another.</summary>
/// <param name="First">The first id.</param>
/// <param name="Last">The last id.</param>
internal readonly record struct IdRun(long First, long Last);
