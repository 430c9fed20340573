using System.Diagnostics.CodeAnalysis;
using PushGateway.Formats.RemoteWrite2;
using PushGateway.Limits;
using PushGateway.Model;

namespace PushGateway.Formats;

/// <summary>Bytes to model, by format.</summary>
public static class PushParser
{
    /// <summary>Appends a push to <paramref name="destination"/>; on failure the caller rolls back to where the push began.</summary>
    /// <param name="format">The format.</param>
    /// <param name="body">The body, decompressed.</param>
    /// <param name="toGroup">The push goes to a group, where text may not give timestamps.</param>
    /// <param name="destination">The batch.</param>
    /// <param name="context">Limits and time of receipt.</param>
    /// <param name="error">Why the push was refused.</param>
    public static bool TryParse(
        PushFormat format,
        ReadOnlySpan<byte> body,
        bool toGroup,
        MetricBatch destination,
        in ParseContext context,
        [NotNullWhen(false)] out PushError? error) => format switch
        {
            _ => RemoteWrite2Parser.TryParse(body, destination, context, out error),
        };
}
