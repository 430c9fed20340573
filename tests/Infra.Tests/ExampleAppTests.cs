using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Infra.Tests;

/// <summary>The example app, by itself and by the CDK's command line. Its process has a CDK of its own, so that other tests may run beside it.</summary>
[Collection("example app")]
public sealed partial class ExampleAppTests
{
    [Fact]
    public async Task What_a_device_publishes_arrives_as_a_json_record_and_nothing_is_left_behind()
    {
        var folder = ExampleApp.NewFolder("arm64");
        using var temporary = new TempFolder();
        (await ExampleApp.RunAsync(folder, temporary: temporary.FullPath)).EnsureSuccess();
        Assert.Empty(Directory.GetFileSystemEntries(temporary.FullPath));
        var stack = ExampleApp.Read(folder);

        var payload = stack.One("AWS::IoT::TopicRule")["TopicRulePayload"]!;
        Assert.Equal(["dimensions", "timestamp", "metrics"], Column().Matches((string)payload["Sql"]!).Select(match => match.Groups[1].Value));
        var sqs = payload["Actions"]![0]!["Sqs"]!;
        Assert.Equal("${GatewayQueuesPushes}", TemplateText.Of(sqs["QueueUrl"]!));
        Assert.False((bool)sqs["UseBase64"]!);
        var role = TemplateText.WithoutHash((string)sqs["RoleArn"]!["Fn::GetAtt"]![0]!);
        var statement = Assert.Single(stack.All("AWS::IAM::Policy"), policy => TemplateText.Of(policy["Roles"]![0]!) == $"${{{role}}}")["PolicyDocument.Statement"]!;
        Assert.Equal("sqs:SendMessage", (string)Assert.Single(statement.AsArray())!["Action"]!);

        // docs/deploy.md reads from there where to push and to query.
        Assert.Subset(
            stack.All("AWS::SSM::Parameter").Select(parameter => parameter.Text("Name")!).ToHashSet(),
            DocumentedParameter().Matches(File.ReadAllText(RepositoryRoot.Combine("docs", "deploy.md"))).Select(match => match.Value).ToHashSet());
    }

    [Theory]
    [InlineData("{}", "artifacts/worker-arm64.zip is missing: run eng/publish-lambda.sh arm64.")]
    [InlineData("""{"architecture":"sparc"}""", "The architecture is \"sparc\": give `-c architecture=arm64` or `-c architecture=x64`.")]
    public async Task What_is_wrong_is_said_in_a_sentence(string context, string sentence)
    {
        var result = await ExampleApp.RunAsync(CdkFolder.NewFolder(), context);
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith(sentence, result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_line_synthesizes_it()
    {
        var cdk = await RealComponents.RequireAsync(RealComponents.Cdk);
        var folder = ExampleApp.NewFolder("x64");
        var start = new ChildProcessStart(
            RealComponents.RequireOnPath("node"), cdk, "synth", "--quiet", "--app", ExampleApp.Command, "-c", "architecture=x64", "--no-notices")
        {
            Name = "cdk synth",
            WorkingDirectory = folder,
            Environment = new Dictionary<string, string> { ["CI"] = "true", ["HOME"] = folder, ["CDK_DISABLE_CLI_TELEMETRY"] = "true" },
        };

        (await ChildProcess.RunAsync(start, ExampleApp.Deadline)).EnsureSuccess();

        var functions = ExampleApp.Read(folder).All("AWS::Lambda::Function").ToList();
        Assert.Equal(2, functions.Count);
        Assert.All(functions, function => Assert.Equal("""["x86_64"]""", function.Text("Architectures")));
        var assets = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(ExampleApp.Output(folder), "PushGateway.assets.json"), TestContext.Current.CancellationToken))!;
        Assert.All(
            assets["files"]!.AsObject().Where(file => (string)file.Value!["source"]!["packaging"]! == "file"),
            file => Assert.True(File.Exists(Path.Combine(ExampleApp.Output(folder), (string)file.Value!["source"]!["path"]!))));
    }

    [Fact]
    public void The_command_line_is_told_how_to_run_it()
    {
        var settings = JsonNode.Parse(File.ReadAllText(RepositoryRoot.Combine("infra", "cdk.json")))!;
        Assert.Equal("dotnet run --project PushGateway.Infra.csproj", (string)settings["app"]!);
        Assert.True(File.Exists(RepositoryRoot.Combine("infra", "PushGateway.Infra.csproj")));
    }

    [GeneratedRegex("(?<=--name )/[A-Za-z/-]+")]
    private static partial Regex DocumentedParameter();

    [GeneratedRegex(@" AS ([a-z]+)")]
    private static partial Regex Column();
}
