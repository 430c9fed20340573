using Amazon.CDK;
using Amazon.CDK.AWS.IAM;
using Amazon.CDK.AWS.IoT;
using Amazon.CDK.AWS.Lambda;
using Constructs;

namespace PushGateway.Infra;

/// <summary>An example to copy: a workspace, a gateway in front of it, and devices that push through IoT Core.</summary>
internal sealed class ExampleStack : Stack
{
    // A device publishes {"site":"north","temperature":21.5,"humidity":40} to devices/<device>/telemetry. The rule makes a JSON record of
    // it.
    private const string Telemetry =
        "SELECT {'device': topic(2), 'site': site} AS dimensions, timestamp() AS timestamp, "
        + "{'temperature': temperature, 'humidity': humidity} AS metrics FROM 'devices/+/telemetry'";

    public ExampleStack(Construct scope, string id)
        : base(scope, id)
    {
        var workspace = new PrometheusWorkspace(this, "Workspace", new PrometheusWorkspaceProps { Alias = "pushes" });
        var gateway = new PrometheusPushGateway(this, "Gateway", new PrometheusPushGatewayProps
        {
            Workspace = workspace,
            Architecture = ArchitectureOf((string?)Node.TryGetContext("architecture")),
        });
        SendTelemetry(gateway);
    }

    private static Architecture ArchitectureOf(string? context) => context switch
    {
        null or "arm64" => Architecture.ARM_64,
        "x64" => Architecture.X86_64,
        _ => throw new ArgumentException($"The architecture is \"{context}\": give `-c architecture=arm64` or `-c architecture=x64`."),
    };

    private void SendTelemetry(PrometheusPushGateway gateway)
    {
        var role = new Role(this, "TelemetryRole", new RoleProps { AssumedBy = new ServicePrincipal("iot.amazonaws.com") });
        gateway.GrantSend(role);
        _ = new CfnTopicRule(this, "Telemetry", new CfnTopicRuleProps
        {
            TopicRulePayload = new CfnTopicRule.TopicRulePayloadProperty
            {
                Sql = Telemetry,
                AwsIotSqlVersion = "2016-03-23",
                Actions = new[]
                {
                    new CfnTopicRule.ActionProperty
                    {
                        Sqs = new CfnTopicRule.SqsActionProperty { QueueUrl = gateway.Queue.QueueUrl, RoleArn = role.RoleArn, UseBase64 = false },
                    },
                },
            },
        });
    }
}
