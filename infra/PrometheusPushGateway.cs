using Amazon.CDK.AWS.IAM;
using Amazon.CDK.AWS.Lambda;
using Amazon.CDK.AWS.SQS;
using Constructs;
using ITable = Amazon.CDK.AWS.DynamoDB.ITable;

namespace PushGateway.Infra;

/// <summary>
/// The gateway: HTTP to Api to queue to Worker to a workspace of Amazon Managed Service for Prometheus, with alarms and a dashboard.
/// <c>url</c>, <c>queue-url</c>, <c>dead-letter-queue-url</c>, <c>workspace-arn</c> and <c>workspace-endpoint</c> are SSM parameters and
/// outputs.
/// </summary>
public sealed class PrometheusPushGateway : Construct
{
    private readonly GatewayAuth _auth;
    private readonly GatewayQueues _queues;
    private readonly HttpEntry? _http;

    /// <summary>Creates the gateway.</summary>
    /// <param name="scope">The stack, or a construct in it.</param>
    /// <param name="id">The id in the scope.</param>
    /// <param name="props">Its configuration. Everything has a default.</param>
    /// <exception cref="ArgumentException">
    /// The properties cannot work. The message has a sentence for each problem that says what to change.
    /// </exception>
    public PrometheusPushGateway(Construct scope, string id, PrometheusPushGatewayProps? props = null)
        : base(scope, id)
    {
        props ??= new PrometheusPushGatewayProps();
        var settings = GatewaySettings.Of(props);
        PropsValidation.ThrowIfInvalid(props, settings);
        LogKey.Allow(this, props.EncryptionKey);

        Workspace = props.Workspace ?? new PrometheusWorkspace(this, "Workspace", NewWorkspace(props));
        _queues = new GatewayQueues(this, props, settings);
        var groups = props.Groups ? new GroupTable(this, props) : null;
        var worker = new WorkerFunction(this, props, settings, _queues, groups, Workspace);
        var api = props.Entry == GatewayEntry.None ? null : new ApiFunction(this, props, settings, _queues, groups);
        _auth = props.Auth;
        _http = api is null ? null : HttpEntry.Create(this, props, api);
        Worker = worker.Function;
        Api = api?.Function;
        GroupTable = groups?.Table;

        var alarms = new GatewayAlarms(this, props, settings, _queues, Worker, Api, _http);
        _ = new GatewayDashboard(this, props, _queues, Worker, Api, Workspace, alarms);
        _ = new GatewayOutputs(this, props.ParameterPath, _http, _queues, Workspace);
    }

    /// <summary>The workspace.</summary>
    public PrometheusWorkspace Workspace { get; }

    /// <summary>The queue. Whoever sends to it directly needs <see cref="GrantSend"/>.</summary>
    public IQueue Queue => _queues.Source;

    /// <summary>The queue of messages that can never be delivered.</summary>
    public IQueue DeadLetterQueue => _queues.DeadLetters;

    /// <summary>The table of the groups; null without one.</summary>
    public ITable? GroupTable { get; }

    /// <summary>The function that takes pushes over HTTP; null with <see cref="GatewayEntry.None"/>.</summary>
    public IFunction? Api { get; }

    /// <summary>The function that writes to the workspace. It also takes pushes by direct invocation.</summary>
    public IFunction Worker { get; }

    /// <summary>The URL for pushing over HTTP, without a slash at the end; null with <see cref="GatewayEntry.None"/>.</summary>
    public string? Url => _http?.Url;

    /// <summary>Lets a principal push over HTTP with <see cref="GatewayAuth.Iam"/>.</summary>
    /// <exception cref="InvalidOperationException">
    /// There is nothing to grant: no entry, or one that does not require an AWS signature.
    /// </exception>
    public Grant GrantPush(IGrantable grantee) => (_http, _auth) switch
    {
        (null, _) => throw new InvalidOperationException("GrantPush: Entry is None. Grant the queue by GrantSend, or invoking by Worker.GrantInvoke."),
        (_, GatewayAuth.Iam) => _http.GrantPush(grantee),
        _ => throw new InvalidOperationException($"GrantPush: Auth is {_auth}, which needs no AWS permission: remove the call, or choose Auth Iam."),
    };

    /// <summary>Lets a principal send to the queue directly, and use the queue's key.</summary>
    public Grant GrantSend(IGrantable grantee) => _queues.GrantSend(grantee);

    private static PrometheusWorkspaceProps NewWorkspace(PrometheusPushGatewayProps props) => new()
    {
        Alias = props.NewWorkspace?.Alias,
        EncryptionKey = props.NewWorkspace?.EncryptionKey ?? props.EncryptionKey,
        RemovalPolicy = props.NewWorkspace?.RemovalPolicy ?? props.RemovalPolicy,
    };
}
