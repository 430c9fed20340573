using System.Buffers.Text;
using PushGateway.Wire;

namespace PushGateway.Sinks;

/// <summary>Reads what OTLP receivers answer.</summary>
internal static class OtlpResponse
{
    private const int ResponsePartialSuccess = 1;
    private const int PartialSuccessRejectedDataPoints = 1;
    private const int PartialSuccessErrorMessage = 2;
    private const int StatusMessageField = 2;
    private const int StatusDigits = 3;

    // The collector's prometheusremotewrite exporter wraps every answer of its target in this sentence.
    private static ReadOnlySpan<byte> RemoteWriteStatus => "remote write returned HTTP status "u8;

    /// <summary>
    /// Reads <c>partial_success</c> of an <c>ExportMetricsServiceResponse</c>. Zero when everything was taken, as an empty body and
    /// one that is no protobuf are held to mean: the 2xx has said so already.
    /// </summary>
    public static (long RejectedDataPoints, string Message) PartialSuccess(ReadOnlySpan<byte> body)
    {
        ulong rejected = 0;
        ReadOnlySpan<byte> message = default;
        var response = new ProtobufReader(body);
        while (response.TryReadNext(ResponsePartialSuccess, out var bytes))
        {
            var partial = new ProtobufReader(bytes);
            while (partial.TryReadTag(out var field, out var type))
            {
                _ = (field, type) switch
                {
                    (PartialSuccessRejectedDataPoints, WireType.Varint) => partial.TryReadVarint(out rejected),
                    (PartialSuccessErrorMessage, WireType.LengthDelimited) => partial.TryReadBytes(out message),
                    _ => partial.TrySkip(type),
                };
            }
        }

        return response.IsMalformed ? default : ((long)rejected, SinkResponse.Excerpt(message));
    }

    /// <summary>The message of a <c>google.rpc.Status</c>, or the body itself when it is something else.</summary>
    public static ReadOnlySpan<byte> StatusMessage(ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> message = default;
        var status = new ProtobufReader(body);
        while (status.TryReadNext(StatusMessageField, out var found))
        {
            message = found;
        }

        return status.IsMalformed || message.IsEmpty ? body : message;
    }

    /// <summary>
    /// Looks in a collector's answer, whatever its encoding, for the statuses that the collector itself was answered. One that is not final
    /// outweighs those that are: part of the request may be delivered yet.
    /// </summary>
    /// <returns>Whether they are final; null when there are none.</returns>
    public static bool? RemoteWriteVerdict(ReadOnlySpan<byte> body)
    {
        bool? isFinal = null;
        for (var at = body.IndexOf(RemoteWriteStatus); at >= 0; at = body.IndexOf(RemoteWriteStatus))
        {
            body = body[(at + RemoteWriteStatus.Length)..];
            if (Utf8Parser.TryParse(body, out ushort status, out var length) && length == StatusDigits)
            {
                var next = body.IndexOf(RemoteWriteStatus);
                var answer = next < 0 ? body : body[..next];
                isFinal = isFinal is not false && (SinkResponse.IsFinal(status) || SinkResponse.SaysHistogramsAreDisabled(answer));
            }
        }

        return isFinal;
    }
}
