using System.Text;

namespace PushGateway.Api.Tests.Fuzz;

/// <summary>One request.</summary>
/// <param name="Method">Method.</param>
/// <param name="Target">Request target, as it stands in the request line.</param>
/// <param name="ContentType">Value of Content-Type; null for none.</param>
/// <param name="ContentEncoding">Value of Content-Encoding; null for none.</param>
/// <param name="DeclaresLength">Has a Content-Length, rather than chunks.</param>
/// <param name="Body">The body.</param>
internal sealed record FuzzCase(
    string Method, string Target, string? ContentType, string? ContentEncoding, bool DeclaresLength, byte[] Body)
{
    /// <summary>The push goes where errors are problems: not to one of Pushgateway's paths.</summary>
    public bool IsAnsweredByProblems => Target is "/metrics" or Corpus.GroupsTarget;

    /// <summary>Everything needed to send it again.</summary>
    public override string ToString() =>
        $"{Method} {Target} Content-Type: {ContentType ?? "-"} Content-Encoding: {ContentEncoding ?? "-"} length: {DeclaresLength} "
        + $"body: {Convert.ToBase64String(Body)} ({Encoding.Latin1.GetString(Body)})";
}
