using Amazon.CDK;
using Amazon.CDK.AWS.SSM;
using Constructs;

namespace PushGateway.Infra;

/// <summary>The addresses that senders and queries need, as outputs of the stack and as SSM parameters.</summary>
internal sealed class GatewayOutputs : Construct
{
    private readonly string _path;

    public GatewayOutputs(Construct scope, string? path, HttpEntry? http, GatewayQueues queues, PrometheusWorkspace workspace)
        : base(scope, "Outputs")
    {
        _path = path ?? $"/{scope.Node.Path}";
        if (http is not null)
        {
            Add("Url", "url", "Where to push over HTTP", http.Url);
        }

        Add("QueueUrl", "queue-url", "Where to send pushes to directly", queues.Source.QueueUrl);
        Add("DeadLetterQueueUrl", "dead-letter-queue-url", "What can never be delivered", queues.DeadLetters.QueueUrl);
        Add("WorkspaceArn", "workspace-arn", "The workspace", workspace.Arn);
        Add("WorkspaceEndpoint", "workspace-endpoint", "Where to query, with a slash at the end", workspace.Endpoint);
    }

    private void Add(string id, string name, string description, string value)
    {
        _ = new StringParameter(this, $"{id}Parameter", new StringParameterProps
        {
            ParameterName = $"{_path}/{name}",
            Description = $"Prometheus push gateway: {description}",
            StringValue = value,
        });
        _ = new CfnOutput(this, id, new CfnOutputProps { Description = description, Value = value });
    }
}
