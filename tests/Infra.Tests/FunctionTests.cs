using System.Text.Json.Nodes;
using Amazon.CDK.Assertions;
using Xunit;

namespace PushGateway.Infra.Tests;

/// <summary>The two functions, and what Worker is given to reach the workspace.</summary>
public sealed class FunctionTests
{
    private const string Function = "AWS::Lambda::Function";
    private const string Api = "GatewayApiFunction";
    private const string Worker = "GatewayWorkerFunction";
    private const string OfWorkspace = "${GatewayWorkspace.PrometheusEndpoint}api/v1/remote_write";

    private static readonly string[] CollectorVariables = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OPENTELEMETRY_COLLECTOR_CONFIG_URI", "AMP_REMOTE_WRITE_URL"];

    public static TheoryData<string> All => Gateways.All;

    [Theory]
    [MemberData(nameof(All))]
    public void A_function_is_a_program_with_a_log_of_its_own_that_is_not_kept_for_ever(string way)
    {
        var stack = Gateways.Get(way);
        foreach (var function in stack.All(Function))
        {
            Assert.Equal("provided.al2023", function.Text("Runtime"));
            Assert.Equal("bootstrap", function.Text("Handler"));
            Assert.Equal(way == Gateways.X64 ? """["x86_64"]""" : """["arm64"]""", function.Text("Architectures"));
            Assert.Equal(way == Gateways.Customized ? null : "Active", function.Text("TracingConfig.Mode"));
            var log = (string)function["LoggingConfig.LogGroup"]!["Ref"]!;
            Assert.Equal(way == Gateways.Customized ? 365 : 30, (int)stack.All("AWS::Logs::LogGroup").Single(group => group.Id == log)["RetentionInDays"]!);
        }

        Assert.Equal(way == Gateways.NoEntry ? 1 : 2, stack.All(Function).Count());
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Both_functions_know_how_old_a_sample_may_be_for_the_workspace(string way) => Assert.All(
        Gateways.Get(way).All(Function),
        function => Assert.Equal(way == Gateways.Customized ? "2h" : "1h", Variable(function, "PUSHGATEWAY_TARGET_MAX_AGE")));

    [Fact]
    public void Worker_knows_the_out_of_order_window_of_a_new_workspace() =>
        Assert.Contains("600s", Gateways.Get(Gateways.Default).All(Function).Select(function => Variable(function, "PUSHGATEWAY_TARGET_OUT_OF_ORDER_WINDOW")));

    [Theory]
    [InlineData(Gateways.Default, "arm64")]
    [InlineData(Gateways.X64, "amd64")]
    public void The_collector_is_the_one_of_region_and_architecture(string way, string architecture)
    {
        var worker = Gateways.Get(way).One(Function, Worker);
        Assert.Equal(
            $"arn:${{AWS::Partition}}:lambda:${{AWS::Region}}:901920570463:layer:aws-otel-collector-{architecture}-ver-0-117-0:1",
            TemplateText.Of(Assert.Single(worker["Layers"]!.AsArray())!));
        Assert.Equal(["http://localhost:4318", "/var/task/collector.yaml", OfWorkspace], CollectorVariables.Select(name => Variable(worker, name)));
        Assert.Null(Variable(worker, "PROMETHEUS_REMOTE_WRITE_URL"));
    }

    [Fact]
    public void The_collector_may_be_another()
    {
        var worker = Gateways.Get(Gateways.Customized).One(Function, Worker);
        Assert.Equal("""["arn:aws:lambda:eu-west-1:123456789012:layer:collector:7"]""", worker.Text("Layers"));
    }

    [Fact]
    public void By_remote_write_there_is_no_collector()
    {
        var worker = Gateways.Get(Gateways.RemoteWrite).One(Function, Worker);
        Assert.Null(worker["Layers"]);
        Assert.Equal(OfWorkspace, Variable(worker, "PROMETHEUS_REMOTE_WRITE_URL"));
        Assert.All(CollectorVariables, name => Assert.Null(Variable(worker, name)));
    }

    [Fact]
    public void A_workspace_that_is_there_already_is_written_to_where_it_is()
    {
        var stack = Gateways.Get(Gateways.Existing);
        Assert.Equal(
            "https://aps-workspaces.us-west-2.amazonaws.com/workspaces/ws-12345678-abcd/api/v1/remote_write",
            Variable(stack.One(Function, Worker), "AMP_REMOTE_WRITE_URL"));
        stack.Template.ResourceCountIs("AWS::APS::Workspace", 0);
    }

    [Fact]
    public void A_new_workspace_takes_samples_out_of_order_and_is_kept()
    {
        Gateways.Get(Gateways.Default).Template.HasResource("AWS::APS::Workspace", new Dictionary<string, object>
        {
            ["DeletionPolicy"] = "Retain",
            ["Properties"] = new Dictionary<string, object>
            {
                ["WorkspaceConfiguration"] = new Dictionary<string, object> { ["OutOfOrderTimeWindowInSeconds"] = 600 },
            },
        });
        Gateways.Get(Gateways.Customized).Template.HasResource("AWS::APS::Workspace", new Dictionary<string, object>
        {
            ["DeletionPolicy"] = "Delete",
            ["Properties"] = Match.ObjectLike(new Dictionary<string, object> { ["Alias"] = "pushes" }),
        });
    }

    [Fact]
    public void The_functions_know_the_queues_and_the_table()
    {
        var stack = Gateways.Get(Gateways.Default);
        foreach (var function in stack.All(Function))
        {
            Assert.Equal("${GatewayQueuesPushes}", Variable(function, "PUSHGATEWAY_QUEUE_URL"));
            Assert.Equal("${GatewayGroupsTable}", Variable(function, "PUSHGATEWAY_GROUPS_TABLE"));
            Assert.Equal("PushGateway", Variable(function, "PUSHGATEWAY_METRICS_NAMESPACE"));
        }

        Assert.Equal("${GatewayQueuesDeadLetters}", Variable(stack.One(Function, Worker), "PUSHGATEWAY_DEAD_LETTER_QUEUE_URL"));
    }

    [Fact]
    public void What_is_asked_for_is_set()
    {
        var stack = Gateways.Get(Gateways.Customized);
        var (api, worker) = (stack.One(Function, Api), stack.One(Function, Worker));
        Assert.Equal((256, 10, 20), Numbers(api));
        Assert.Equal((2048, 120, 4), Numbers(worker));
        Assert.All([api, worker], function =>
        {
            Assert.Equal("40", Variable(function, "PUSHGATEWAY_MAX_LABELS"));
            Assert.Equal("Pushes/Test", Variable(function, "PUSHGATEWAY_METRICS_NAMESPACE"));
        });

        static (int, int, int) Numbers(TemplateResource function) =>
            ((int)function["MemorySize"]!, (int)function["Timeout"]!, (int)function["ReservedConcurrentExecutions"]!);
    }

    [Fact]
    public void A_key_encrypts_everything()
    {
        var stack = Gateways.Get(Gateways.Key);
        Assert.All(stack.All(Function), function => Assert.Equal("${Key.Arn}", function.Text("KmsKeyArn")));
        Assert.All(stack.All("AWS::Logs::LogGroup"), log => Assert.Equal("${Key.Arn}", log.Text("KmsKeyId")));
        Assert.All(stack.All("AWS::SQS::Queue"), queue => Assert.Equal("${Key.Arn}", queue.Text("KmsMasterKeyId")));
        Assert.Equal("${Key.Arn}", stack.One("AWS::DynamoDB::Table").Text("SSESpecification.KMSMasterKeyId"));
        Assert.Equal("${Key.Arn}", stack.One("AWS::APS::Workspace").Text("KmsKeyArn"));

        // CloudWatch Logs is let in by the key's own policy, or not at all.
        Assert.Contains(
            stack.One("AWS::KMS::Key")["KeyPolicy.Statement"]!.AsArray(),
            statement => statement!["Principal"]!["Service"] is JsonNode service && TemplateText.Of(service) == "logs.${AWS::Region}.amazonaws.com");
    }

    [Fact]
    public void Groups_expire_by_a_schedule()
    {
        var stack = Gateways.Get(Gateways.Default);
        var rule = stack.One("AWS::Events::Rule");
        Assert.Equal("rate(1 minute)", rule.Text("ScheduleExpression"));
        Assert.Equal("${GatewayWorkerFunction.Arn}", TemplateText.Of(rule["Targets"]![0]!["Arn"]!));
        stack.Template.HasResourceProperties("AWS::Lambda::Permission", new Dictionary<string, object>
        {
            ["Action"] = "lambda:InvokeFunction",
            ["Principal"] = "events.amazonaws.com",
            ["SourceArn"] = new Dictionary<string, object> { ["Fn::GetAtt"] = new[] { rule.Id, "Arn" } },
        });
    }

    [Fact]
    public void Without_groups_there_is_no_table_and_no_schedule()
    {
        var stack = Gateways.Get(Gateways.NoGroups);
        Assert.Empty(stack.All("AWS::DynamoDB::Table"));
        Assert.Empty(stack.All("AWS::Events::Rule"));
        Assert.All(stack.All(Function), function => Assert.Null(Variable(function, "PUSHGATEWAY_GROUPS_TABLE")));
    }

    private static string? Variable(TemplateResource function, string name) => function.Text($"Environment.Variables.{name}");
}
