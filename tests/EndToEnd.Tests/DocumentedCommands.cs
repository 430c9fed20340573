using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests;

/// <summary>The blocks of a page that are marked <c>sh</c>, and how a test runs one as it stands there but for the gateway's port.</summary>
static class DocumentedCommands
{
    /// <summary>The gateway's URL in the documentation.</summary>
    const string Url = "http://127.0.0.1:9091";

    /// <summary>The command that builds the gateway and starts it.</summary>
    internal const string Start = "dotnet run --project src/Api";

    /// <summary>Reads the blocks of a page, from top to bottom.</summary>
    internal static IReadOnlyList<string> Of(string page) => [.. MarkdownPage.Read(page).Blocks("sh").Select(block => block.Trim())];

    /// <summary>The command without its build: the gateway is built with the tests. Only the quickstart runs the command with its build.</summary>
    internal static string Built(string command)
    {
        Assert.Contains(Start, command, StringComparison.Ordinal);
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        return command.Replace(Start, $"{Start} --no-build --configuration {configuration}", StringComparison.Ordinal);
    }

    /// <summary>A command for the shell, in the repository's root and without the settings of the machine.</summary>
    internal static ChildProcessStart Shell(string command) => new("bash", "-c", $"set -o pipefail; {command}")
    {
        WorkingDirectory = RepositoryRoot.FullPath,
        ScrubbedPrefixes = ["AWS_", "OTEL_", "PROMETHEUS_", "PUSHGATEWAY_"],
        Environment = new Dictionary<string, string> { ["NO_PROXY"] = "*" },
    };

    /// <summary>Runs a push, which prints nothing when it is accepted.</summary>
    internal static async Task PushAsync(string command, Uri gateway) => Assert.Empty(await RunAsync(command, gateway));

    /// <summary>Runs a command, and returns what it prints.</summary>
    internal static async Task<string> RunAsync(string command, Uri gateway)
    {
        var curl = Shell(command.Replace(Url, gateway.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal));
        return (await ChildProcess.RunAsync(curl)).EnsureSuccess().StandardOutput;
    }
}
