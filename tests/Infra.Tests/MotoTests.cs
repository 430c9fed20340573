using System.Text.Json.Nodes;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Infra.Tests;

/// <summary>The template, applied to an emulator of AWS that is not ours, as far as that goes.</summary>
public sealed class MotoTests
{
    private const string Region = "us-east-1";

    private static readonly string[] LeftOut =
    [
        "AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard", "AWS::Lambda::Url", "AWS::SQS::QueuePolicy", "AWS::SSM::Parameter",
    ];

    [Fact]
    public async Task Queues_table_roles_and_functions_come_to_be_as_they_were_meant()
    {
        Assert.SkipUnless(MotoServer.IsAvailable, "moto_server is not on PATH: it is optional everywhere.");
        await using var moto = await MotoServer.StartAsync(TestContext.Current.CancellationToken);

        // moto has no workspaces.
        var stack = SynthesizedStack.Of(stack => Gateways.Add(
            stack, Gateways.Props() with { Workspace = PrometheusWorkspace.FromArn(stack, "Workspace", Gateways.WorkspaceArn) }));
        var made = await ApplyAsync(moto.ServiceUrl, stack.Path);

        Assert.Equal(LeftOut, made["leftOut"]!.AsArray().Select(type => (string)type!));
        HoldsQueues(made["queues"]!);
        HoldsTable(One(made["tables"]!, ""));
        HoldsPermissions(made);
        HoldsSource(made);
        Assert.Equal("rate(1 minute)", (string)One(made["rules"]!, "Sweep")["ScheduleExpression"]!);
    }

    private static void HoldsQueues(JsonNode queues)
    {
        var (pushes, dead) = (One(queues, "Pushes"), One(queues, "DeadLetters"));
        var redrive = JsonNode.Parse((string)pushes["RedrivePolicy"]!)!;
        Assert.Equal((string)dead["QueueArn"]!, (string)redrive["deadLetterTargetArn"]!);
        Assert.Equal(GatewaySettings.ReceivesUntil(0.9 * 7 * 86_400), (int)redrive["maxReceiveCount"]!);
        Assert.Equal("360", (string)pushes["VisibilityTimeout"]!);
        Assert.True(int.Parse((string)dead["MessageRetentionPeriod"]!) > int.Parse((string)pushes["MessageRetentionPeriod"]!));
        Assert.All([pushes, dead], queue =>
        {
            Assert.Equal("true", (string)queue["SqsManagedSseEnabled"]!);
            Assert.Equal("1048576", (string)queue["MaximumMessageSize"]!);
            var statement = Assert.Single(JsonNode.Parse((string)queue["Policy"]!)!["Statement"]!.AsArray())!;
            Assert.Equal((string)queue["QueueArn"]!, (string)statement["Resource"]!);
            Assert.Equal("false", (string)statement["Condition"]!["Bool"]!["aws:SecureTransport"]!);
        });
    }

    private static void HoldsTable(JsonNode table)
    {
        Assert.Equal("path", (string)Assert.Single(table["KeySchema"]!.AsArray())!["AttributeName"]!);
        Assert.Equal("PAY_PER_REQUEST", (string)table["BillingModeSummary"]!["BillingMode"]!);
        var index = Assert.Single(table["GlobalSecondaryIndexes"]!.AsArray())!;
        Assert.Equal("expiry", (string)index["IndexName"]!);
        Assert.Equal(["expiry_shard", "expires_at"], index["KeySchema"]!.AsArray().Select(key => (string)key!["AttributeName"]!));
        Assert.Equal("forget_at", (string)table["TimeToLiveDescription"]!["AttributeName"]!);
        Assert.Equal("ENABLED", (string)table["TimeToLiveDescription"]!["TimeToLiveStatus"]!);
        Assert.Equal(
            "ENABLED", (string)table["ContinuousBackupsDescription"]!["PointInTimeRecoveryDescription"]!["PointInTimeRecoveryStatus"]!);
    }

    // By the names that the resources have got: what a role may use is what its function is told of.
    private static void HoldsPermissions(JsonNode made)
    {
        var (pushes, dead, table) = (One(made["queues"]!, "Pushes"), One(made["queues"]!, "DeadLetters"), One(made["tables"]!, ""));
        Assert.Equal([(string)pushes["QueueArn"]!], ResourcesOf("ApiRole", "sqs:SendMessage"));
        Assert.Equal([(string)dead["QueueArn"]!], ResourcesOf("WorkerRole", "sqs:SendMessage"));
        Assert.Equal([(string)pushes["QueueArn"]!], ResourcesOf("WorkerRole", "sqs:DeleteMessage"));
        Assert.Equal([(string)table["TableArn"]!], ResourcesOf("WorkerRole", "dynamodb:PutItem"));
        Assert.Equal([$"{(string)table["TableArn"]!}/index/expiry"], ResourcesOf("WorkerRole", "dynamodb:Query"));
        Assert.Equal([Gateways.WorkspaceArn], ResourcesOf("WorkerRole", "aps:RemoteWrite"));
        Assert.Empty(ResourcesOf("ApiRole", "sqs:ReceiveMessage"));
        foreach (var function in new[] { "ApiFunction", "WorkerFunction" })
        {
            var variables = One(made["functions"]!, function)["Environment"]!["Variables"]!;
            Assert.EndsWith(Name(pushes), (string)variables["PUSHGATEWAY_QUEUE_URL"]!, StringComparison.Ordinal);
            Assert.Equal((string)table["TableName"]!, (string)variables["PUSHGATEWAY_GROUPS_TABLE"]!);
        }

        IEnumerable<string> ResourcesOf(string role, string action) =>
            from statement in One(made["roles"]!, role).AsArray()
            where statement["Action"] is JsonArray many ? many.Any(one => (string)one! == action) : (string)statement["Action"]! == action
            select (string)statement["Resource"]!;
    }

    private static void HoldsSource(JsonNode made)
    {
        var source = One(made["sources"]!, "Pushes");
        Assert.Equal((string)One(made["queues"]!, "Pushes")["QueueArn"]!, (string)source["EventSourceArn"]!);
        Assert.Equal((string)One(made["functions"]!, "WorkerFunction")["FunctionArn"]!, (string)source["FunctionArn"]!);
        Assert.Equal("ReportBatchItemFailures", (string)Assert.Single(source["FunctionResponseTypes"]!.AsArray())!);
        Assert.Equal((1000, 5, 10), ((int)source["BatchSize"]!, (int)source["MaximumBatchingWindowInSeconds"]!, (int)source["ScalingConfig"]!["MaximumConcurrency"]!));
    }

    private static string Name(JsonNode queue) => ((string)queue["QueueArn"]!).Split(':')[^1];

    private static JsonNode One(JsonNode resources, string id) =>
        resources.AsObject().Single(resource => TemplateText.WithoutHash(resource.Key).EndsWith(id, StringComparison.Ordinal) || id.Length == 0).Value!;

    private static async Task<JsonNode> ApplyAsync(Uri endpoint, string template)
    {
        var start = new ChildProcessStart(
            RealComponents.RequireOnPath("python3"), RepositoryRoot.Combine("tests", "Infra.Tests", "apply.py"), endpoint.ToString(), Region, template)
        {
            Name = "apply.py",
            Environment = new Dictionary<string, string>
            {
                ["PYTHONPATH"] = await RealComponents.RequireAsync(RealComponents.Botocore),
                ["PYTHONDONTWRITEBYTECODE"] = "1",
            },
        };
        return JsonNode.Parse((await ChildProcess.RunAsync(start, ExampleApp.Deadline)).EnsureSuccess().StandardOutput)!;
    }
}
