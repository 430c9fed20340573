namespace PushGateway.Api.Auth;

/// <summary>Metadata of an endpoint that lets a pinned credential touch and see only what has its labels; others refuse such a credential.</summary>
internal sealed class PinnedLabelsHonoured
{
    public static PinnedLabelsHonoured Instance { get; } = new();
}
