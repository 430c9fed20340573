using System.Collections.Immutable;

namespace PushGateway.Api.Auth;

/// <summary>Somebody who may use the gateway.</summary>
/// <param name="Name">Of letters, digits, <c>_</c> and <c>-</c>: the user name of HTTP Basic, and what stands before the point of a Bearer token.</param>
/// <param name="Hash">Of the secret.</param>
/// <param name="PinnedLabels">
/// Overwrite what it pushes, in series and in grouping keys, and bound what it reads; empty when it may do everything. No value is empty.
/// </param>
internal sealed record Credential(string Name, SecretHash Hash, ImmutableArray<KeyValuePair<string, string>> PinnedLabels);
