namespace PushGateway.Infra;

/// <summary>
/// Pollers that are kept ready for the queue. Each reads up to 1 MB a second and makes up to ten invocations at a time. They are billed by
/// the hour.
/// </summary>
/// <param name="Minimum">2 to 200.</param>
/// <param name="Maximum">2 to 2000, and not below <paramref name="Minimum"/>.</param>
public sealed record ProvisionedPollers(int Minimum, int Maximum);
