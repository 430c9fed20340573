using Amazon.CDK.AWS.APS;
using Amazon.CDK.AWS.Lambda;
using Amazon.CDK.AWS.SQS;

namespace PushGateway.Infra;

/// <summary>
/// Sets properties of CloudFormation that Amazon.CDK.Lib 2.160 does not have yet. The comment of each method names the property of a newer
/// library that replaces it.
/// </summary>
internal static class NewerThanThisCdk
{
    /// <summary>The longest out-of-order window of Amazon Managed Service for Prometheus, in seconds.</summary>
    public const int LongestOutOfOrderWindow = 600;

    // CfnWorkspaceProps.WorkspaceConfiguration.
    public static void SetOutOfOrderWindow(this CfnWorkspace workspace) =>
        workspace.AddPropertyOverride("WorkspaceConfiguration.OutOfOrderTimeWindowInSeconds", LongestOutOfOrderWindow);

    // QueueProps.MaxMessageSizeBytes, which 2.160 limits to 262,144.
    public static void SetMaximumMessageSize(this Queue queue, int bytes) =>
        ((CfnQueue)queue.Node.DefaultChild!).AddPropertyOverride("MaximumMessageSize", bytes);

    // EventSourceMappingOptions.ProvisionedPollerConfig.
    public static void SetProvisionedPollers(this EventSourceMapping source, ProvisionedPollers pollers)
    {
        var mapping = (CfnEventSourceMapping)source.Node.DefaultChild!;
        mapping.AddPropertyOverride("ProvisionedPollerConfig.MinimumPollers", pollers.Minimum);
        mapping.AddPropertyOverride("ProvisionedPollerConfig.MaximumPollers", pollers.Maximum);
    }

    // CfnPermissionProps.InvokedViaFunctionUrl. A public FunctionUrl adds this permission itself, and GrantInvokeUrl does for one that is
    // not public.
    public static void LimitToFunctionUrl(this CfnPermission permission) => permission.AddPropertyOverride("InvokedViaFunctionUrl", true);
}
