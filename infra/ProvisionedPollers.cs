namespace PushGateway.Infra;

/// <summary>Event pollers of the queue that are kept ready, each for up to 1 MB a second and ten invocations at a time. They are billed by the hour.</summary>
/// <param name="Minimum">2 to 200.</param>
/// <param name="Maximum">2 to 2000, and not below <paramref name="Minimum"/>.</param>
public sealed record ProvisionedPollers(int Minimum, int Maximum);
