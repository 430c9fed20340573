using Amazon.CDK.AWS.APS;
using Amazon.CDK.AWS.Lambda;
using Amazon.CDK.AWS.SQS;

namespace PushGateway.Infra;

/// <summary>
/// What CloudFormation has and Amazon.CDK.Lib 2.160 does not yet: set by the property's name. With a newer library, each goes for what its
/// comment names.
/// </summary>
internal static class NewerThanThisCdk
{
    /// <summary>The longest out-of-order window of Amazon Managed Service for Prometheus, in seconds.</summary>
    public const int LongestOutOfOrderWindow = 600;

    // CfnWorkspaceProps.WorkspaceConfiguration.
    public static void TakesSamplesOutOfOrder(this CfnWorkspace workspace) =>
        workspace.AddPropertyOverride("WorkspaceConfiguration.OutOfOrderTimeWindowInSeconds", LongestOutOfOrderWindow);

    // QueueProps.MaxMessageSizeBytes, which 2.160 holds to 262,144.
    public static void TakesMessagesOf(this Queue queue, int bytes) =>
        ((CfnQueue)queue.Node.DefaultChild!).AddPropertyOverride("MaximumMessageSize", bytes);

    // EventSourceMappingOptions.ProvisionedPollerConfig.
    public static void KeepsReady(this EventSourceMapping source, ProvisionedPollers pollers)
    {
        var mapping = (CfnEventSourceMapping)source.Node.DefaultChild!;
        mapping.AddPropertyOverride("ProvisionedPollerConfig.MinimumPollers", pollers.Minimum);
        mapping.AddPropertyOverride("ProvisionedPollerConfig.MaximumPollers", pollers.Maximum);
    }

    // CfnPermissionProps.InvokedViaFunctionUrl. FunctionUrl itself adds the permission where it is public, and GrantInvokeUrl where it is not.
    public static void OnlyThroughItsUrl(this CfnPermission permission) => permission.AddPropertyOverride("InvokedViaFunctionUrl", true);
}
