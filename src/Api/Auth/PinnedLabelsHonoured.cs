namespace PushGateway.Api.Auth;

/// <summary>
/// Metadata of an endpoint that changes and shows a pinned credential only what has its labels. Other endpoints refuse a pinned credential.
/// </summary>
internal sealed class PinnedLabelsHonoured
{
    public static PinnedLabelsHonoured Instance { get; } = new();
}
