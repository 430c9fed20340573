using System.Net;
using Google.Protobuf;
using PushGateway.Reference.Otlp;

namespace PushGateway.LambdaEmulator;

/// <summary>
/// The collector's error messages, in the words of its OTLP receiver and its <c>prometheusremotewrite</c> exporter at version 0.117: the
/// target's text, shortened, in a <c>google.rpc.Status</c> with code INTERNAL and HTTP status 500.
/// </summary>
static class CollectorError
{
    const int Internal = 13;
    const string Permanent = "Permanent error: ";

    /// <summary>The exporter reads at most this many bytes of an answer.</summary>
    internal const int BodyLimit = 256;

    /// <summary>
    /// After its own retries the exporter marks every failure as permanent. A status that is not 5xx was already marked before, so it has
    /// the prefix twice.
    /// </summary>
    internal static string Describe(HttpStatusCode status, string? reason, ReadOnlySpan<byte> body)
    {
        var text = System.Text.Encoding.UTF8.GetString(body[..Math.Min(body.Length, BodyLimit)]);
        var sentence = $"remote write returned HTTP status {(int)status} {reason}; err = %!w(<nil>): {text}";
        return (int)status >= 500 ? Permanent + sentence : Permanent + Permanent + sentence;
    }

    /// <summary>The error when the target has not answered.</summary>
    internal static string Describe(Uri target, string failure) => $"{Permanent}Post \"{target}\": {failure}";

    internal static byte[] Encode(string message) => new Status { Code = Internal, Message = message }.ToByteArray();
}
