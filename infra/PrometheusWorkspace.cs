using Amazon.CDK;
using Amazon.CDK.AWS.APS;
using Amazon.CDK.AWS.IAM;
using Constructs;

namespace PushGateway.Infra;

/// <summary>A workspace of Amazon Managed Service for Prometheus: a new or an existing one.</summary>
public sealed class PrometheusWorkspace : Construct
{
    private const int DefaultOutOfOrderWindow = 60;

    /// <summary>Creates a workspace that accepts samples up to ten minutes out of order, the longest possible time.</summary>
    public PrometheusWorkspace(Construct scope, string id, PrometheusWorkspaceProps? props = null)
        : base(scope, id)
    {
        props ??= new PrometheusWorkspaceProps();
        var workspace = new CfnWorkspace(this, "Resource", new CfnWorkspaceProps { Alias = props.Alias, KmsKeyArn = props.EncryptionKey?.KeyArn });
        workspace.ApplyRemovalPolicy(props.RemovalPolicy ?? RemovalPolicy.RETAIN);
        workspace.SetOutOfOrderWindow();
        OutOfOrderWindow = NewerThanThisCdk.LongestOutOfOrderWindow;
        Arn = workspace.AttrArn;
        Id = workspace.AttrWorkspaceId;
        Endpoint = workspace.AttrPrometheusEndpoint;
    }

    private PrometheusWorkspace(Construct scope, string id, string arn)
        : base(scope, id)
    {
        var parts = Stack.Of(scope).SplitArn(arn, ArnFormat.SLASH_RESOURCE_NAME);
        Arn = arn;
        Id = parts.ResourceName!;
        Endpoint = $"https://aps-workspaces.{parts.Region}.amazonaws.com/workspaces/{Id}/";
    }

    /// <summary><c>arn:aws:aps:eu-west-1:123456789012:workspace/ws-…</c></summary>
    public string Arn { get; }

    /// <summary><c>ws-…</c></summary>
    public string Id { get; }

    /// <summary>
    /// The URL for queries by Grafana and <c>awscurl</c>, with a slash at the end:
    /// <c>https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-…/</c>
    /// </summary>
    public string Endpoint { get; }

    /// <summary>
    /// The out-of-order window in seconds, as far as it is known: an existing workspace has AMP's default if nobody has changed it.
    /// </summary>
    internal int OutOfOrderWindow { get; } = DefaultOutOfOrderWindow;

    /// <summary>The URL for writing samples.</summary>
    public string RemoteWriteUrl => $"{Endpoint}api/v1/remote_write";

    /// <summary>An existing workspace, in any region. Its out-of-order window should be 600 s.</summary>
    /// <param name="scope">The scope.</param>
    /// <param name="id">The id in the scope.</param>
    /// <param name="arn"><c>arn:aws:aps:eu-west-1:123456789012:workspace/ws-…</c></param>
    public static PrometheusWorkspace FromArn(Construct scope, string id, string arn) => new(scope, id, arn);

    /// <summary>Lets a principal write samples.</summary>
    public Grant GrantWrite(IGrantable grantee) => Grant(grantee, "aps:RemoteWrite");

    /// <summary>Lets a principal query, as Grafana does.</summary>
    public Grant GrantQuery(IGrantable grantee) => Grant(grantee, "aps:GetLabels", "aps:GetMetricMetadata", "aps:GetSeries", "aps:QueryMetrics");

    private Grant Grant(IGrantable grantee, params string[] actions) => Amazon.CDK.AWS.IAM.Grant.AddToPrincipal(
        new GrantOnPrincipalOptions { Grantee = grantee, Actions = actions, ResourceArns = [Arn], Scope = this });
}
