using System.Net;
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
    const string PrometheusUrl = "http://127.0.0.1:9090/api/v1/write";

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_quickstart_works_as_written()
    {
        RealComponents.RequireOnPath("curl");
        var commands = await ReadCommandsAsync();
        Assert.Equal(9, commands.Count);
        Assert.Equal(Start, commands[0]);
        Assert.Equal(Test, commands[^1]);

        using var data = new TempFolder();
        var url = $"http://127.0.0.1:{FreePort.Next()}";
        await using var gateway = await StartAsync(Start, data, url);
        Assert.Empty(await RunAsync(commands[1], url));
        Assert.Empty(await RunAsync(commands[2], url));
        await Poll.UntilAsync(
            _ => RunAsync(commands[3], url),
            page => BackupSize().IsMatch(page) && Temperature().IsMatch(page),
            "what the README shows",
            cancellationToken: Cancellation);
    }

    [Fact]
    public async Task The_command_that_delivers_to_Prometheus_does()
    {
        RealComponents.RequireOnPath("curl");
        await using var prometheus = await PrometheusServer.StartAsync(cancellationToken: Cancellation);
        var commands = await ReadCommandsAsync();
        Assert.Contains(PrometheusUrl, commands[4], StringComparison.Ordinal);

        using var data = new TempFolder();
        var url = $"http://127.0.0.1:{FreePort.Next()}";
        var command = Built(commands[4]).Replace(PrometheusUrl, prometheus.RemoteWriteUrl.AbsoluteUri, StringComparison.Ordinal);
        await using var gateway = await StartAsync(command, data, url);
        Assert.Empty(await RunAsync(commands[1], url));
        await Poll.UntilAsync(
            token => prometheus.QueryAsync("temperature{room=\"kitchen\"}", null, token),
            found => found is [{ Samples: [{ Value: "21.5" }] }],
            "the pushed value in Prometheus",
            cancellationToken: Cancellation);
    }

    [Fact]
    public async Task The_commands_for_many_groups_push_and_delete_them()
    {
        RealComponents.RequireOnPath("curl");
        var commands = await ReadCommandsAsync();
        await using var gateway = await GatewayProcess.StartAsync(cancellationToken: Cancellation);
        var url = gateway.BaseAddress.AbsoluteUri.TrimEnd('/');
        Assert.Empty(await RunAsync(commands[5], url));
        await UntilAsync("db1 7.340032e+07", "db2 1.5e+06");

        Assert.Empty(await RunAsync(commands[6], url));
        await UntilAsync("db1 7.340032e+07");

        Task<IEnumerable<string>> UntilAsync(params string[] expected) => Poll.UntilAsync<IEnumerable<string>>(
            async token => GroupSize().Matches(await gateway.Client.GetStringAsync(new Uri("metrics", UriKind.Relative), token))
                .Select(match => $"{match.Groups[1].Value} {match.Groups[2].Value}"),
            groups => groups.SequenceEqual(expected),
            string.Join(", ", expected),
            cancellationToken: Cancellation);
    }

    [Fact]
    public async Task The_command_that_makes_a_credential_does()
    {
        var command = (await ReadCommandsAsync())[7];
        Assert.EndsWith("hash-credential ci >> credentials", command, StringComparison.Ordinal);

        using var folder = new TempFolder();
        var (secret, credentials) = (folder.Combine("secret.txt"), folder.Combine("credentials"));
        command = Built(command).Replace("secret.txt", secret, StringComparison.Ordinal).Replace(">> credentials", $">> {credentials}", StringComparison.Ordinal);
        (await ChildProcess.RunAsync(Shell(command), Deadlines.Build)).EnsureSuccess();

        await using var gateway = await GatewayProcess.StartAsync(
            new Dictionary<string, string> { ["PUSHGATEWAY_CREDENTIALS_FILE"] = credentials }, cancellationToken: Cancellation);
        using var refused = await gateway.Client.GetAsync(new Uri("metrics", UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);

        gateway.Client.DefaultRequestHeaders.Authorization = new("Bearer", $"ci.{(await File.ReadAllTextAsync(secret, Cancellation)).TrimEnd()}");
        using var admitted = await gateway.Client.GetAsync(new Uri("metrics", UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.OK, admitted.StatusCode);
    }

    [Fact]
    public async Task The_test_command_is_what_CI_runs() => Assert.Contains(
        (await File.ReadAllLinesAsync(RepositoryRoot.Combine(".ci", "run"), Cancellation)).Select(line => line.Split(" 2>&1")[0]), line => line == Test);

    // The gateway has been built with the tests. Only the quickstart runs the command with its build, which takes its time.
    static string Built(string command)
    {
        Assert.Contains(Start, command, StringComparison.Ordinal);
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        return command.Replace(Start, $"{Start} --no-build --configuration {configuration}", StringComparison.Ordinal);
    }

    static ChildProcessStart Shell(string command) => new("bash", "-c", $"set -o pipefail; {command}")
    {
        WorkingDirectory = RepositoryRoot.FullPath,
        ScrubbedPrefixes = ["AWS_", "OTEL_", "PROMETHEUS_", "PUSHGATEWAY_"],
        Environment = new Dictionary<string, string> { ["NO_PROXY"] = "*" },
    };

    static async Task<ChildProcess> StartAsync(string command, TempFolder data, string url)
    {
        var gateway = await ChildProcess.StartAsync(Shell(command) with
        {
            Environment = new Dictionary<string, string> { ["ASPNETCORE_URLS"] = url, ["PUSHGATEWAY_DATA_DIR"] = data.FullPath },
        });
        await gateway.WaitForLineAsync("Try  ", Deadlines.Build, Cancellation);
        return gateway;
    }

    static async Task<string> RunAsync(string command, string url)
    {
        var curl = Shell(command.Replace(Url, url, StringComparison.Ordinal));
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

    [GeneratedRegex("^backup_size_bytes\\{instance=\"(.*)\",job=\"backup\"\\} (.*)$", RegexOptions.Multiline)]
    private static partial Regex GroupSize();

    [GeneratedRegex("^# TYPE temperature untyped\ntemperature\\{room=\"kitchen\"\\} 21\\.5 \\d{13}$", RegexOptions.Multiline)]
    private static partial Regex Temperature();
}
