using System.Net;
using Google.Protobuf;
using PushGateway.Reference.Otlp;

namespace PushGateway.LambdaEmulator;

/// <summary>
/// How the collector words failures, as its OTLP receiver and <c>prometheusremotewrite</c> exporter do at 0.117: what the target said,
/// cut short, in a <c>google.rpc.Status</c> of code INTERNAL under HTTP 500.
/// </summary>
static class CollectorError
{
    const int Internal = 13;
    const string Permanent = "Permanent error: ";

    /// <summary>The exporter reads this much of an answer.</summary>
    internal const int BodyLimit = 256;

    /// <summary>
    /// The exporter calls every failure permanent, once its own attempts are over, and a status that is no 5xx was so before.
    /// </summary>
    internal static string Describe(HttpStatusCode status, string? reason, ReadOnlySpan<byte> body)
    {
        var text = System.Text.Encoding.UTF8.GetString(body[..Math.Min(body.Length, BodyLimit)]);
        var sentence = $"remote write returned HTTP status {(int)status} {reason}; err = %!w(<nil>): {text}";
        return (int)status >= 500 ? Permanent + sentence : Permanent + Permanent + sentence;
    }

    /// <summary>There was no answer.</summary>
    internal static string Describe(Uri target, string failure) => $"{Permanent}Post \"{target}\": {failure}";

    internal static byte[] Encode(string message) => new Status { Code = Internal, Message = message }.ToByteArray();
}
