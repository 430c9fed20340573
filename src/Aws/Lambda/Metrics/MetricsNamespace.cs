using PushGateway.Configuration;

namespace PushGateway.Aws.Lambda.Metrics;

/// <summary>The CloudWatch namespace of the gateway's own metrics.</summary>
internal static class MetricsNamespace
{
    private const string Setting = "PUSHGATEWAY_METRICS_NAMESPACE";

    /// <summary>Reads the namespace; null when it is not set, or is one that CloudWatch would refuse.</summary>
    public static string? Read(SettingsReader settings)
    {
        if (settings.Text(Setting) is not { } text)
        {
            return null;
        }

        if (!CloudWatchNamespace.IsValid(text))
        {
            settings.Refuse($"{Setting}: \"{text}\" is not a CloudWatch namespace: {CloudWatchNamespace.Rule}.");
            return null;
        }

        settings.Show(Setting, text);
        return text;
    }
}
