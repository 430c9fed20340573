using Amazon.CDK;
using Amazon.CDK.AWS.Lambda;
using Constructs;

namespace PushGateway.Infra;

/// <summary>The Api function: it takes pushes over HTTP and puts them into the queue.</summary>
internal sealed class ApiFunction : Construct
{
    public ApiFunction(Construct scope, PrometheusPushGatewayProps props, GatewaySettings settings, GatewayQueues queues, GroupTable? groups)
        : base(scope, "Api")
    {
        var options = new FunctionOptions
        {
            Description = "Prometheus push gateway: HTTP to queue",
            Timeout = Duration.Seconds(settings.ApiTimeout),
            MemorySize = props.ApiMemory,
            ReservedConcurrentExecutions = props.ApiReservedConcurrency,
            Environment = Environment(props, settings, queues, groups),
        };
        Function = GatewayFunction.Create(
            this, props, options, props.ApiCode ?? FunctionArtifact.Find("api", GatewayArchitecture.Of(props.Architecture)!));
        queues.GrantApi(Function);
        groups?.GrantApi(Function);
        props.CredentialsSecret?.GrantRead(Function);
        props.CredentialsParameter?.GrantRead(Function);
    }

    public Function Function { get; }

    private static Dictionary<string, string> Environment(
        PrometheusPushGatewayProps props, GatewaySettings settings, GatewayQueues queues, GroupTable? groups)
    {
        var environment = new Dictionary<string, string>
        {
            [GatewayEnvironment.QueueUrl] = queues.Source.QueueUrl,
            [GatewayEnvironment.MaxMessageBytes] = $"{settings.MaxMessageBytes}",
        };
        if (groups is not null)
        {
            environment.Add(GatewayEnvironment.GroupsTable, groups.Table.TableName);
        }

        if ((props.CredentialsSecret?.SecretArn ?? props.CredentialsParameter?.ParameterArn) is { } arn)
        {
            environment.Add(GatewayEnvironment.CredentialsSecret, arn);
        }

        return environment;
    }
}
