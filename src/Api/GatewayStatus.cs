namespace PushGateway.Api;

/// <summary>What the process tells of itself.</summary>
/// <param name="StartTime">When it started.</param>
/// <param name="Settings">Its settings by name, without secrets.</param>
internal sealed record GatewayStatus(DateTimeOffset StartTime, IReadOnlyDictionary<string, string> Settings);
