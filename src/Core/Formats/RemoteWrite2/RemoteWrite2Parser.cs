using System.Diagnostics.CodeAnalysis;
using PushGateway.Model;
using PushGateway.Push;

namespace PushGateway.Formats.RemoteWrite2;

/// <summary>
/// Reads a remote write 2.0 request, which is also what the gateway's own queue messages hold. Exemplars, start timestamps and unknown
/// fields are passed over. A native histogram has to be valid (<see cref="NativeHistogram.Validate"/>), and its family is one of histograms.
/// </summary>
public static class RemoteWrite2Parser
{
    [ThreadStatic]
    private static RemoteWrite2Scratch? _scratch;

    /// <summary>
    /// Appends the request to <paramref name="destination"/>. On failure a part may have been appended; the caller rolls back.
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
