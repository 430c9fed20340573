using System.Collections.Immutable;
using PushGateway.Push;

namespace PushGateway.Api.Push;

/// <summary>A push over HTTP, before its body is read.</summary>
/// <param name="Operation">What it does.</param>
/// <param name="Group">The group it does that to; null for <see cref="PushOperation.Append"/> only.</param>
internal sealed record PushRoute(PushOperation Operation, GroupingKey? Group)
{
    /// <summary>Set on every series in place of its own labels of the same names. With a group, these are the group's.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Labels { get; init; } = Group?.Labels ?? [];

    /// <summary>How long the group is kept after the push; null: until it is deleted.</summary>
    public TimeSpan? TimeToLive { get; init; }
}
