using System.Buffers;
using PushGateway.Configuration;

namespace PushGateway.Aws.Lambda.Metrics;

/// <summary>The CloudWatch namespace of the gateway's own metrics.</summary>
internal static class MetricsNamespace
{
    private const string Setting = "PUSHGATEWAY_METRICS_NAMESPACE";

    private const int MaxLength = 255;

    // The namespaces of AWS services.
    private const string Reserved = "AWS/";

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_/#: ");

    /// <summary>Reads the namespace; null when it is not set, or is one that CloudWatch would refuse.</summary>
    public static string? Read(SettingsReader settings)
    {
        if (settings.Text(Setting) is not { } text)
        {
            return null;
        }

        if (!IsValid(text))
        {
            settings.Refuse(
                $"{Setting}: \"{text}\" is not a CloudWatch namespace: 1 to {MaxLength} letters, digits, spaces and any of .-_/#:, "
                + $"not all of them spaces, beginning neither with a colon nor with {Reserved}.");
            return null;
        }

        settings.Show(Setting, text);
        return text;
    }

    private static bool IsValid(string text) =>
        text.Length <= MaxLength
        && !string.IsNullOrWhiteSpace(text)
        && !text.AsSpan().ContainsAnyExcept(Allowed)
        && text[0] != ':'
        && !text.StartsWith(Reserved, StringComparison.Ordinal);
}
