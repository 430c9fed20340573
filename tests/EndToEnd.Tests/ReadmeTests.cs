using System.Text.RegularExpressions;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests;

/// <summary>Every command of the README, run as it stands there.</summary>
public sealed partial class ReadmeTests
{
    const string Test = "dotnet test";
    const string PrometheusUrl = "http://127.0.0.1:9090/api/v1/write";

    static readonly IReadOnlyList<string> Commands = DocumentedCommands.Of("README.md");

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_quickstart_works_as_written()
    {
        RealComponents.RequireOnPath("curl");
        Assert.Equal(7, Commands.Count);
        Assert.Equal(DocumentedCommands.Start, Commands[0]);
        Assert.Equal(Test, Commands[^1]);

        using var data = new TempFolder();
        var url = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        await using var gateway = await StartAsync(DocumentedCommands.Start, data, url);
        await DocumentedCommands.PushAsync(Commands[1], url);
        await DocumentedCommands.PushAsync(Commands[2], url);
        await Poll.UntilAsync(
            _ => DocumentedCommands.RunAsync(Commands[3], url),
            page => BackupSize().IsMatch(page) && Temperature().IsMatch(page),
            "what the README shows",
            cancellationToken: Cancellation);
    }

    [Fact]
    public async Task The_command_that_delivers_to_Prometheus_does()
    {
        RealComponents.RequireOnPath("curl");
        await using var prometheus = await PrometheusServer.StartAsync(cancellationToken: Cancellation);
        Assert.Contains(PrometheusUrl, Commands[4], StringComparison.Ordinal);

        using var data = new TempFolder();
        var url = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        var command = DocumentedCommands.Built(Commands[4]).Replace(PrometheusUrl, prometheus.RemoteWriteUrl.AbsoluteUri, StringComparison.Ordinal);
        await using var gateway = await StartAsync(command, data, url);
        await DocumentedCommands.PushAsync(Commands[1], url);
        await UntilAsync("temperature{room=\"kitchen\"}", "21.5");

        await DocumentedCommands.PushAsync(Commands[5], url);
        await UntilAsync("temperature{device=\"d1\",site=\"north\"}", "21.5");
        await UntilAsync("humidity{device=\"d1\",site=\"north\"}", "40");
        await UntilAsync("temperature{device=\"d2\",site=\"north\"}", "19");

        Task UntilAsync(string query, string value) => Poll.UntilAsync(
            token => prometheus.QueryAsync(query, null, token),
            found => found is [{ Samples: [var sample] }] && sample.Value == value,
            $"{query} {value} in Prometheus",
            cancellationToken: Cancellation);
    }

    [Fact]
    public async Task The_test_command_is_what_CI_runs() => Assert.Contains(
        (await File.ReadAllLinesAsync(RepositoryRoot.Combine(".ci", "run"), Cancellation)).Select(line => line.Split(" 2>&1")[0]), line => line == Test);

    static async Task<ChildProcess> StartAsync(string command, TempFolder data, Uri url)
    {
        var gateway = await ChildProcess.StartAsync(DocumentedCommands.Shell(command) with
        {
            Environment = new Dictionary<string, string> { ["ASPNETCORE_URLS"] = url.GetLeftPart(UriPartial.Authority), ["PUSHGATEWAY_DATA_DIR"] = data.FullPath },
        });
        await gateway.WaitForLineAsync("Try  ", Deadlines.Build, Cancellation);
        return gateway;
    }

    [GeneratedRegex("^# TYPE backup_size_bytes untyped\nbackup_size_bytes\\{instance=\"db1\",job=\"backup\"\\} 7\\.340032e\\+07$", RegexOptions.Multiline)]
    private static partial Regex BackupSize();

    [GeneratedRegex("^# TYPE temperature untyped\ntemperature\\{room=\"kitchen\"\\} 21\\.5 \\d{13}$", RegexOptions.Multiline)]
    private static partial Regex Temperature();
}
