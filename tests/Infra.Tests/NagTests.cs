using System.Text.Json.Nodes;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Infra.Tests;

/// <summary>What cdk-nag's AwsSolutions rules, and the newest CDK's knowledge of CloudFormation, have to say of the templates.</summary>
public sealed class NagTests
{
    /// <summary>What is done in spite of a rule, and why: rule, finding, the resource's id without its hash.</summary>
    private static readonly Dictionary<(string Rule, string Finding, string Resource), string> Suppressed = new()
    {
        [("AwsSolutions-IAM5", "Resource::*", "GatewayApiRoleDefaultPolicy")] = "X-Ray has no resources: see PermissionTests.",
        [("AwsSolutions-IAM5", "Resource::*", "GatewayWorkerRoleDefaultPolicy")] = "X-Ray has no resources: see PermissionTests.",
        [("AwsSolutions-APIG4", "", "GatewayHttpApiANYproxy")] = "With Auth Credentials, Api itself asks for them, and answers 401.",

        // Parts of the test's own stacks, not of the gateway.
        [("AwsSolutions-SNS3", "", "Alarms")] = "The topic is the caller's.",
    };

    [Fact]
    public async Task No_rule_is_broken_without_a_reason()
    {
        var nag = await RealComponents.RequireAsync(RealComponents.CdkNag);
        var templates = Gateways.Telling.Select(way => Gateways.Get(way).Path);
        var start = new ChildProcessStart(
            RealComponents.RequireOnPath("node"), [RepositoryRoot.Combine("eng", "cdk", "nag.mjs"), nag, .. templates])
        { Name = "nag.mjs" };

        var result = (await ChildProcess.RunAsync(start, ExampleApp.Deadline)).EnsureSuccess();

        var findings = result.StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.DoesNotContain(findings, finding => !Suppressed.ContainsKey(Key(finding)));
        Assert.Empty(Suppressed.Keys.Except(findings.Select(Key)));
    }

    private static (string Rule, string Finding, string Resource) Key(JsonNode finding) =>
        ((string)finding["rule"]!, (string)finding["finding"]!, TemplateText.WithoutHash((string)finding["resource"]!));
}
