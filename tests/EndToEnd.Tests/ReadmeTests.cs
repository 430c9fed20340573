using System.Text.RegularExpressions;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests;

/// <summary>Every command of the README, run as it stands there.</summary>
public sealed partial class ReadmeTests
{
    const string Start = "dotnet run --project src/Api";
    const string Test = "dotnet test";
    const string Url = "http://127.0.0.1:9091";

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_quickstart_works_as_written()
    {
        RealComponents.RequireOnPath("curl");
        var commands = await ReadCommandsAsync();
        Assert.Equal(Start, commands[0]);
        Assert.Equal(Test, commands[^1]);

        using var data = new TempFolder();
        var url = $"http://127.0.0.1:{FreePort.Next()}";
        await using var gateway = await ChildProcess.StartAsync(new ChildProcessStart("bash", "-c", Start)
        {
            WorkingDirectory = RepositoryRoot.FullPath,
            ScrubbedPrefixes = ["AWS_", "OTEL_", "PROMETHEUS_", "PUSHGATEWAY_"],
            Environment = new Dictionary<string, string> { ["ASPNETCORE_URLS"] = url, ["PUSHGATEWAY_DATA_DIR"] = data.FullPath },
        });
        await gateway.WaitForLineAsync("Try  ", TimeSpan.FromMinutes(3), Cancellation);

        foreach (var push in commands[1..^2])
        {
            Assert.Empty(await RunAsync(push, url));
        }

        await Poll.UntilAsync(
            _ => RunAsync(commands[^2], url),
            page => BackupSize().IsMatch(page) && Temperature().IsMatch(page),
            "what the README shows",
            cancellationToken: Cancellation);
    }

    [Fact]
    public async Task The_test_command_is_what_CI_runs() => Assert.Contains(
        (await File.ReadAllLinesAsync(RepositoryRoot.Combine(".ci", "run"), Cancellation)).Select(line => line.Split(" 2>&1")[0]), line => line == Test);

    static async Task<string> RunAsync(string command, string url)
    {
        var curl = new ChildProcessStart("bash", "-c", $"set -o pipefail; {command.Replace(Url, url, StringComparison.Ordinal)}")
        {
            Environment = new Dictionary<string, string> { ["NO_PROXY"] = "*" },
        };
        return (await ChildProcess.RunAsync(curl)).EnsureSuccess().StandardOutput;
    }

    static async Task<List<string>> ReadCommandsAsync()
    {
        var readme = await File.ReadAllTextAsync(RepositoryRoot.Combine("README.md"), Cancellation);
        return [.. ShellBlock().Matches(readme).Select(match => match.Groups[1].Value.Trim())];
    }

    [GeneratedRegex("^```sh\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ShellBlock();

    [GeneratedRegex("^# TYPE backup_size_bytes untyped\nbackup_size_bytes\\{instance=\"db1\",job=\"backup\"\\} 7\\.340032e\\+07$", RegexOptions.Multiline)]
    private static partial Regex BackupSize();

    [GeneratedRegex("^# TYPE temperature untyped\ntemperature\\{room=\"kitchen\"\\} 21\\.5 \\d{13}$", RegexOptions.Multiline)]
    private static partial Regex Temperature();
}
