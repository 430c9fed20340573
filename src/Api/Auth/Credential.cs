using System.Collections.Immutable;

namespace PushGateway.Api.Auth;

/// <summary>A credential of somebody who may use the gateway.</summary>
/// <param name="Name">
/// Letters, digits, <c>_</c> and <c>-</c>. It is the user name in HTTP Basic, and the part before the point in a Bearer token.
/// </param>
/// <param name="Hash">The hash of the secret.</param>
/// <param name="PinnedLabels">
/// Labels that overwrite those of every push, in series and in grouping keys, and that limit what the credential may read. Empty when it
/// may do everything. No value is empty.
/// </param>
internal sealed record Credential(string Name, SecretHash Hash, ImmutableArray<KeyValuePair<string, string>> PinnedLabels);
