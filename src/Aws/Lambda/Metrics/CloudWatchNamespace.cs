using System.Buffers;

namespace PushGateway.Aws.Lambda.Metrics;

/// <summary>
/// Which names CloudWatch takes for a namespace of metrics (CloudWatch User Guide, <i>Namespaces</i>; API reference, <c>PutMetricData</c>).
/// The construct library compiles this file, too.
/// </summary>
internal static class CloudWatchNamespace
{
    /// <summary>What a name has to be, as the end of a sentence.</summary>
    public const string Rule =
        "1 to 255 letters, digits, spaces and any of .-_/#:, not all of them spaces, beginning neither with a colon nor with AWS/";

    private const int MaxLength = 255;

    // The namespaces of AWS services.
    private const string Reserved = "AWS/";

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_/#: ");

    public static bool IsValid(string name) =>
        name.Length <= MaxLength
        && !string.IsNullOrWhiteSpace(name)
        && !name.AsSpan().ContainsAnyExcept(Allowed)
        && name[0] != ':'
        && !name.StartsWith(Reserved, StringComparison.Ordinal);
}
