using System.Text.Json.Nodes;
using Amazon.CDK;
using Amazon.CDK.AWS.IAM;
using Xunit;

namespace PushGateway.Infra.Tests;

/// <summary>Who may do what, to the last action.</summary>
public sealed class PermissionTests
{
    /// <summary>Actions for which AWS knows no resources, and why they are needed.</summary>
    private static readonly Dictionary<string, string> WithoutResource = new()
    {
        ["xray:PutTraceSegments"] = "Service Authorization Reference, AWS X-Ray: no resource types; active tracing needs it.",
        ["xray:PutTelemetryRecords"] = "The same.",
    };

    private static readonly string[] OfBoth =
    [
        "xray:PutTelemetryRecords on *",
        "xray:PutTraceSegments on *",
    ];

    private static readonly string[] OfApi =
    [
        .. OfBoth,
        "dynamodb:GetItem on ${GatewayGroupsTable.Arn}",
        "dynamodb:Scan on ${GatewayGroupsTable.Arn}",
        "logs:CreateLogStream on ${GatewayApiLogs.Arn}",
        "logs:PutLogEvents on ${GatewayApiLogs.Arn}",
        "sqs:GetQueueAttributes on ${GatewayQueuesPushes.Arn}",
        "sqs:SendMessage on ${GatewayQueuesPushes.Arn}",
    ];

    private static readonly string[] OfWorker =
    [
        .. OfBoth,
        "aps:RemoteWrite on ${GatewayWorkspace.Arn}",
        "dynamodb:GetItem on ${GatewayGroupsTable.Arn}",
        "dynamodb:PutItem on ${GatewayGroupsTable.Arn}",
        "dynamodb:Query on ${GatewayGroupsTable.Arn}/index/expiry",
        "dynamodb:Scan on ${GatewayGroupsTable.Arn}",
        "dynamodb:UpdateItem on ${GatewayGroupsTable.Arn}",
        "logs:CreateLogStream on ${GatewayWorkerLogs.Arn}",
        "logs:PutLogEvents on ${GatewayWorkerLogs.Arn}",
        "sqs:ChangeMessageVisibility on ${GatewayQueuesPushes.Arn}",
        "sqs:DeleteMessage on ${GatewayQueuesPushes.Arn}",
        "sqs:GetQueueAttributes on ${GatewayQueuesPushes.Arn}",
        "sqs:ReceiveMessage on ${GatewayQueuesPushes.Arn}",
        "sqs:SendMessage on ${GatewayQueuesDeadLetters.Arn}",
    ];

    public static TheoryData<string> All => Gateways.All;

    [Theory]
    [MemberData(nameof(All))]
    public void Whatever_AWS_can_tell_apart_is_named(string way)
    {
        foreach (var policy in Gateways.Get(way).All("AWS::IAM::Policy"))
        {
            foreach (var (action, resource) in Statements(policy["PolicyDocument.Statement"]!.AsArray()))
            {
                Assert.DoesNotContain('*', action);
                Assert.True(!resource.Contains('*', StringComparison.Ordinal) || WithoutResource.ContainsKey(action), $"{policy.Id}: {action} on {resource}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Roles_have_no_policies_of_AWS_and_only_Lambda_takes_them(string way) => Assert.All(Gateways.Get(way).All("AWS::IAM::Role"), role =>
    {
        Assert.Null(role["ManagedPolicyArns"]);
        Assert.Null(role["Policies"]);
        Assert.Equal("lambda.amazonaws.com", (string)role["AssumeRolePolicyDocument.Statement"]![0]!["Principal"]!["Service"]!);
    });

    [Fact]
    public void Api_may_only_send_and_show_groups() => Assert.Equal(Sorted(OfApi), Of(Gateways.Default, "GatewayApiRole"));

    [Fact]
    public void Worker_may_only_consume_keep_groups_and_write_to_the_workspace() => Assert.Equal(Sorted(OfWorker), Of(Gateways.Default, "GatewayWorkerRole"));

    [Fact]
    public void Without_groups_and_tracing_permissions_fall_away()
    {
        Assert.Equal(Sorted(OfApi.Where(permission => !permission.StartsWith("dynamodb:", StringComparison.Ordinal))), Of(Gateways.NoGroups, "GatewayApiRole"));
        Assert.Equal(Sorted(OfWorker.Except(OfBoth)), Of(Gateways.Customized, "GatewayWorkerRole"));
    }

    [Theory]
    [InlineData(Gateways.Secret, "secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", Gateways.SecretArn)]
    [InlineData(
        Gateways.Parameter,
        "ssm:DescribeParameters,ssm:GetParameter",
        "ssm:GetParameterHistory,ssm:GetParameters",
        "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/pushgateway/credentials")]
    public void Api_may_read_its_credentials_and_no_others(string way, string some, string more, string arn)
    {
        var expected = $"{some},{more}".Split(',').Select(action => $"{action} on {arn}");
        Assert.Equal(Sorted(OfApi.Concat(expected)), Of(way, "GatewayApiRole"));
        Assert.Equal(Sorted(OfWorker), Of(way, "GatewayWorkerRole"));
    }

    [Fact]
    public void A_key_may_be_used_for_what_is_encrypted_with_it()
    {
        Assert.Equal(
            ["kms:Decrypt on ${Key.Arn}", "kms:DescribeKey on ${Key.Arn}", "kms:GenerateDataKey on ${Key.Arn}"],
            Of(Gateways.Key, "GatewayApiRole").Except(OfApi));
        Assert.Equal(
            [
                "kms:Decrypt on ${Key.Arn}", "kms:DescribeKey on ${Key.Arn}", "kms:Encrypt on ${Key.Arn}",
                "kms:GenerateDataKey on ${Key.Arn}", "kms:ReEncryptFrom on ${Key.Arn}", "kms:ReEncryptTo on ${Key.Arn}",
            ],
            Of(Gateways.Key, "GatewayWorkerRole").Except(OfWorker));
    }

    [Fact]
    public void GrantPush_is_both_permissions_of_a_function_url()
    {
        var stack = Granted(Gateways.Props(), (gateway, role) => gateway.GrantPush(role));
        var statements = stack.One("AWS::IAM::Policy", "PusherDefaultPolicy")["PolicyDocument.Statement"]!.AsArray();
        Assert.Equal(["lambda:InvokeFunctionUrl on ${GatewayApiFunction.Arn}", "lambda:InvokeFunction on ${GatewayApiFunction.Arn}"], Lines(statements));
        var invoke = statements.Single(statement => (string)statement!["Action"]! == "lambda:InvokeFunction")!;
        Assert.Equal("true", (string)invoke["Condition"]!["Bool"]!["lambda:InvokedViaFunctionUrl"]!);
    }

    [Fact]
    public void GrantPush_to_another_account_is_both_permissions_on_the_function()
    {
        var stack = SynthesizedStack.Of(stack => Gateways.Add(stack).GrantPush(new AccountPrincipal("210987654321")));
        var permissions = stack.All("AWS::Lambda::Permission").Where(permission => permission.Text("Principal")!.Contains("210987654321", StringComparison.Ordinal)).ToList();
        Assert.Equal(["lambda:InvokeFunction", "lambda:InvokeFunctionUrl"], Sorted(permissions.Select(permission => permission.Text("Action")!)));
        Assert.Equal(
            [true, null],
            permissions.OrderBy(permission => permission.Text("Action"), StringComparer.Ordinal).Select(permission => (bool?)permission["InvokedViaFunctionUrl"]));
    }

    [Fact]
    public void GrantPush_is_invoking_the_http_api()
    {
        var stack = Granted(Gateways.Props() with { Entry = GatewayEntry.HttpApi }, (gateway, role) => gateway.GrantPush(role));
        Assert.Equal(
            ["execute-api:Invoke on arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${GatewayHttpApi}/*/*"],
            Lines(stack.One("AWS::IAM::Policy", "PusherDefaultPolicy")["PolicyDocument.Statement"]!.AsArray()));
    }

    [Theory]
    [InlineData(GatewayEntry.None, GatewayAuth.Iam, "GrantSend")]
    [InlineData(GatewayEntry.FunctionUrl, GatewayAuth.None, "choose Auth Iam")]
    public void GrantPush_says_where_there_is_nothing_to_grant(GatewayEntry entry, GatewayAuth auth, string sentence)
    {
        var props = Gateways.Props() with { Entry = entry, Auth = auth };
        var exception = Assert.Throws<InvalidOperationException>(() => Granted(props, (gateway, role) => gateway.GrantPush(role)));
        Assert.Contains(sentence, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GrantSend_is_sending_and_the_key()
    {
        Assert.Equal(["sqs:SendMessage on ${GatewayQueuesPushes.Arn}"], Send(_ => Gateways.Props()));
        Assert.Equal(
            ["kms:Decrypt on ${Key.Arn}", "kms:GenerateDataKey on ${Key.Arn}", "sqs:SendMessage on ${GatewayQueuesPushes.Arn}"],
            Send(stack => Gateways.Props() with { EncryptionKey = new Amazon.CDK.AWS.KMS.Key(stack, "Key") }));

        static IEnumerable<string> Send(Func<Stack, PrometheusPushGatewayProps> props) => Lines(
            Granted(props, (gateway, role) => gateway.GrantSend(role)).One("AWS::IAM::Policy", "PusherDefaultPolicy")["PolicyDocument.Statement"]!.AsArray());
    }

    [Fact]
    public void GrantQuery_is_for_the_one_workspace()
    {
        var stack = Granted(Gateways.Props(), (gateway, role) => gateway.Workspace.GrantQuery(role));
        Assert.All(
            Lines(stack.One("AWS::IAM::Policy", "PusherDefaultPolicy")["PolicyDocument.Statement"]!.AsArray()),
            line => Assert.EndsWith(" on ${GatewayWorkspace.Arn}", line, StringComparison.Ordinal));
    }

    private static SynthesizedStack Granted(PrometheusPushGatewayProps props, Action<PrometheusPushGateway, Role> grant) => Granted(_ => props, grant);

    private static SynthesizedStack Granted(Func<Stack, PrometheusPushGatewayProps> props, Action<PrometheusPushGateway, Role> grant) => SynthesizedStack.Of(
        stack => grant(
            Gateways.Add(stack, props(stack)), new Role(stack, "Pusher", new RoleProps { AssumedBy = new ServicePrincipal("ec2.amazonaws.com") })));

    // What a role may do, of all its policies.
    private static IEnumerable<string> Of(string way, string role) => Sorted(
        Gateways.Get(way).All("AWS::IAM::Policy")
            .Where(policy => TemplateText.Of(policy["Roles"]![0]!) == $"${{{role}}}")
            .SelectMany(policy => Lines(policy["PolicyDocument.Statement"]!.AsArray())));

    private static IEnumerable<string> Lines(JsonArray statements) =>
        Statements(statements).Select(statement => $"{statement.Action} on {statement.Resource}").Distinct();

    private static IEnumerable<(string Action, string Resource)> Statements(JsonArray statements) =>
        from statement in statements
        from action in Many(statement["Action"]!)
        from resource in Many(statement["Resource"]!)
        select (TemplateText.Of(action), TemplateText.Of(resource));

    private static IEnumerable<JsonNode> Many(JsonNode oneOrMore) => oneOrMore is JsonArray array ? array.Select(one => one!) : [oneOrMore];

    private static IEnumerable<string> Sorted(IEnumerable<string> lines) => lines.Order(StringComparer.Ordinal);
}
