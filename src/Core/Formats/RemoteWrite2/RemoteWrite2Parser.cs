using System.Diagnostics.CodeAnalysis;
using PushGateway.Model;
using PushGateway.Push;

namespace PushGateway.Formats.RemoteWrite2;

/// <summary>
/// Reads a remote write 2.0 request. The gateway's own queue messages have this format, too. Exemplars, start timestamps and unknown fields
/// are skipped. A native histogram must be valid (<see cref="NativeHistogram.Validate"/>), and its family gets a histogram type.
/// </summary>
public static class RemoteWrite2Parser
{
    [ThreadStatic]
    private static RemoteWrite2Scratch? _scratch;

    /// <summary>
    /// Appends the request to <paramref name="destination"/>. On failure a part may be appended, and the caller must roll back.
    /// </summary>
    public static bool TryParse(
        ReadOnlySpan<byte> input, MetricBatch destination, in ParseContext context, [NotNullWhen(false)] out PushError? error)
    {
        var scratch = _scratch ??= new RemoteWrite2Scratch();
        error = new RemoteWrite2Parse(input, destination, context.ReceivedMs, scratch).Run();
        scratch.Reset();
        return error is null;
    }
}
