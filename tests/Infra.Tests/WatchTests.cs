using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Infra.Tests;

/// <summary>Alarms, dashboard, outputs.</summary>
public sealed partial class WatchTests
{
    private const string Alarm = "AWS::CloudWatch::Alarm";

    private static readonly string[] DefaultAlarms =
    [
        "ApproximateAgeOfOldestMessage of ${GatewayQueuesPushes.QueueName} > 300",
        "ApproximateNumberOfMessagesVisible of ${GatewayQueuesDeadLetters.QueueName} > 0",
        "pushgateway.messages.rejected of pushgateway-worker > 0",
        "Errors of ${GatewayWorkerFunction} > 0",
        "Throttles of ${GatewayWorkerFunction} > 0",
        "Errors of ${GatewayApiFunction} > 0",
        "Throttles of ${GatewayApiFunction} > 0",
        "Url5xxCount of ${GatewayApiFunction} > 0",
    ];

    public static TheoryData<string> All => Gateways.All;

    [Fact]
    public void There_are_alarms_for_all_that_somebody_has_to_look_at() =>
        Assert.Equal(DefaultAlarms, Gateways.Get(Gateways.Default).All(Alarm).Select(Describe));

    [Theory]
    [MemberData(nameof(All))]
    public void No_data_is_no_alarm(string way) => Assert.All(Gateways.Get(way).All(Alarm), alarm =>
    {
        Assert.Equal("notBreaching", alarm.Text("TreatMissingData"));
        Assert.Equal("GreaterThanThreshold", alarm.Text("ComparisonOperator"));
        Assert.NotEmpty(alarm.Text("AlarmDescription")!);
    });

    [Fact]
    public void A_topic_hears_of_begin_and_end() => Assert.All(Gateways.Get(Gateways.Customized).All(Alarm), alarm =>
    {
        Assert.Equal("${Alarms}", TemplateText.Of(Assert.Single(alarm["AlarmActions"]!.AsArray())!));
        Assert.Equal("${Alarms}", TemplateText.Of(Assert.Single(alarm["OKActions"]!.AsArray())!));
    });

    [Fact]
    public void What_is_asked_for_is_set()
    {
        var alarms = Gateways.Get(Gateways.Customized).All(Alarm).ToList();
        Assert.Contains(alarms, alarm => Describe(alarm) == "ApproximateAgeOfOldestMessage of ${GatewayQueuesPushes.QueueName} > 900");
        Assert.Equal("Pushes/Test", alarms.Single(alarm => alarm.Id.Contains("Rejections", StringComparison.Ordinal)).Text("Namespace"));
    }

    [Fact]
    public void An_http_api_counts_its_own_errors() =>
        Assert.Contains("5xx of ${GatewayHttpApi} > 0", Gateways.Get(Gateways.HttpApi).All(Alarm).Select(Describe));

    [Fact]
    public void Where_SQS_is_fair_only_quiet_groups_wake_anybody_up() => Assert.Contains(
        "ApproximateAgeOfOldestMessageInQuietGroups of ${GatewayQueuesPushes.QueueName} > 300", Gateways.Get(Gateways.Fair).All(Alarm).Select(Describe));

    [Fact]
    public void The_gateways_own_metrics_have_the_names_of_its_instruments()
    {
        var source = File.ReadAllText(RepositoryRoot.Combine("src", "Core", "Telemetry", "PushTelemetry.cs"));
        var instruments = Instrument().Matches(source).Select(match => match.Value);

        // A process records these every second. A function is frozen between two events.
        string[] ofProcesses = ["pushgateway.quarantined.messages", "pushgateway.queue.messages", "pushgateway.queue.oldest", "pushgateway.target.up"];
        Assert.Equal(
            instruments.Except(ofProcesses).Order(StringComparer.Ordinal),
            Instrument().Matches(Dashboard(Gateways.Default)).Select(match => match.Value).Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Api/Hosting/GatewayServices.cs", OwnMetrics.Api)]
    [InlineData("Worker/WorkerServices.cs", OwnMetrics.Worker)]
    public void They_are_of_the_services_that_write_them(string file, string service) =>
        Assert.Contains($"ServiceName = \"{service}\";", File.ReadAllText(RepositoryRoot.Combine("src", file)), StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(All))]
    public void The_dashboard_is_one(string way)
    {
        var dashboard = JsonNode.Parse(Dashboard(way))!;
        var widgets = dashboard["widgets"]!.AsArray();
        Assert.True(widgets.Count >= 9);
        Assert.All(widgets.Where(widget => (string)widget!["type"]! == "metric"), widget => Assert.NotEmpty(widget!["properties"]!["metrics"]!.AsArray()));
        Assert.Equal(way != Gateways.NoEntry, widgets.Any(widget => (string?)widget!["properties"]!["title"] == "Pushes"));
    }

    [Fact]
    public void Whoever_pushes_or_queries_finds_out_where()
    {
        var stack = Gateways.Get(Gateways.Default);
        Assert.Equal(
            [
                "/Test/Gateway/dead-letter-queue-url = ${GatewayQueuesDeadLetters}",
                "/Test/Gateway/queue-url = ${GatewayQueuesPushes}",
                "/Test/Gateway/workspace-arn = ${GatewayWorkspace.Arn}",
                "/Test/Gateway/workspace-endpoint = ${GatewayWorkspace.PrometheusEndpoint}",
            ],
            stack.All("AWS::SSM::Parameter").Where(parameter => parameter.Text("Name") != "/Test/Gateway/url")
                .Select(parameter => $"{parameter.Text("Name")} = {parameter.Text("Value")}").Order(StringComparer.Ordinal));
        Assert.Equal(
            ["DeadLetterQueueUrl", "QueueUrl", "Url", "WorkspaceArn", "WorkspaceEndpoint"],
            stack.Outputs.Select(output => TemplateText.WithoutHash(output)["GatewayOutputs".Length..]).Order(StringComparer.Ordinal));
        Assert.All(
            Gateways.Get(Gateways.Customized).All("AWS::SSM::Parameter"),
            parameter => Assert.StartsWith("/metrics/gateway/", parameter.Text("Name"), StringComparison.Ordinal));
    }

    private static string Describe(TemplateResource alarm) =>
        $"{alarm.Text("MetricName")} of {TemplateText.Of(alarm["Dimensions"]![0]!["Value"]!)} > {alarm.Text("Threshold")}";

    // What CloudFormation puts in for the references is a word as good as another.
    private static string Dashboard(string way) => TemplateText.Of(Gateways.Get(way).One("AWS::CloudWatch::Dashboard")["DashboardBody"]!);

    [GeneratedRegex(@"pushgateway(\.[a-z]+)+")]
    private static partial Regex Instrument();
}
