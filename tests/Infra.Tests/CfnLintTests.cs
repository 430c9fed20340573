using PushGateway.Testing;
using Xunit;

namespace PushGateway.Infra.Tests;

/// <summary>The templates are what CloudFormation's linter takes.</summary>
public sealed class CfnLintTests
{
    // The linter found something.
    private const int Findings = 14;

    /// <summary>What it does not know, or only remarks: rule and a part of the message.</summary>
    private static readonly Dictionary<(string Rule, string Message), string> Known = new()
    {
        [("E3002", "'OutOfOrderTimeWindowInSeconds' was unexpected")] = "Newer than the linter's specification; NagTests hold it to a newer one.",
        [("W3005", "dependency already enforced by a 'GetAtt'")] = "The CDK lets a function wait for its role's policies, and names the role, too.",
    };

    [Fact]
    public async Task It_has_nothing_to_say()
    {
        var program = await RealComponents.RequireAsync(RealComponents.CfnLint);
        var templates = Gateways.Telling.Select(way => Gateways.Get(way).Path);
        var start = new ChildProcessStart(program, ["--format", "parseable", "--regions", "eu-west-1", "--template", .. templates]);

        var result = await ChildProcess.RunAsync(start, ExampleApp.Deadline);

        Assert.True((result.ExitCode & ~Findings) == 0, result.Output);
        Assert.DoesNotContain(result.StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries), finding => !IsKnown(finding));
    }

    // file:line:column:line:column:rule:message
    private static bool IsKnown(string finding) => Known.Keys.Any(
        known => finding.Contains($":{known.Rule}:", StringComparison.Ordinal) && finding.Contains(known.Message, StringComparison.Ordinal));
}
