using Amazon.CDK.AWS.IAM;
using Amazon.CDK.AWS.Lambda;
using Amazon.CDK.AWS.Logs;
using Constructs;

namespace PushGateway.Infra;

/// <summary>The common part of Api and Worker: the runtime, a role that may only write its own log, and the common settings.</summary>
internal static class GatewayFunction
{
    public static Function Create(Construct scope, PrometheusPushGatewayProps props, FunctionOptions options, Code code)
    {
        var logs = new LogGroup(scope, "Logs", new LogGroupProps
        {
            Retention = props.LogRetention,
            EncryptionKey = props.EncryptionKey,
            RemovalPolicy = props.RemovalPolicy,
        });
        var role = new Role(scope, "Role", new RoleProps { AssumedBy = new ServicePrincipal("lambda.amazonaws.com") });
        logs.GrantWrite(role);
        props.EncryptionKey?.Grant(role, "kms:Decrypt");
        return new Function(scope, "Function", new FunctionProps
        {
            Runtime = Runtime.PROVIDED_AL2023,
            Handler = "bootstrap",
            Code = code,
            Architecture = props.Architecture,
            Role = role,
            LogGroup = logs,
            Tracing = props.Tracing ? Amazon.CDK.AWS.Lambda.Tracing.ACTIVE : Amazon.CDK.AWS.Lambda.Tracing.DISABLED,
            EnvironmentEncryption = props.EncryptionKey,
            Description = options.Description,
            Timeout = options.Timeout,
            MemorySize = options.MemorySize,
            ReservedConcurrentExecutions = options.ReservedConcurrentExecutions,
            Layers = options.Layers,
            Environment = Merge(props, options.Environment!),
        });
    }

    private static Dictionary<string, string> Merge(PrometheusPushGatewayProps props, IDictionary<string, string> own)
    {
        var environment = new Dictionary<string, string>(props.Environment.Concat(own))
        {
            [GatewayEnvironment.MetricsNamespace] = props.MetricsNamespace,
        };

        // Api does not see the workspace, and Worker sees it only behind the collector.
        environment.TryAdd(GatewayEnvironment.TargetMaxAge, GatewayEnvironment.MaxAgeOfAmp);
        return environment;
    }
}
