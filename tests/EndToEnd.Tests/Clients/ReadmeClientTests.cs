using Prometheus;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests.Clients;

/// <summary>What <c>docs/clients.md</c>, and the README of one of them, shows for each client, run as it stands there but for the gateway's port.</summary>
public sealed class ReadmeClientTests(OneMachineTarget target) : IClassFixture<OneMachineTarget>
{
    const string Page = "docs/clients.md";
    const string Url = "http://127.0.0.1:9091";

    static readonly Dictionary<string, string> NoProxy = new() { ["NO_PROXY"] = "*", ["no_proxy"] = "*" };

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Curl_is_shown() => CheckAsync("bash", async (snippet, _) =>
    {
        RealComponents.RequireOnPath("curl");
        return await ChildProcess.RunAsync(new ChildProcessStart("bash", "-c", $"set -o pipefail; {snippet}") { Environment = NoProxy });
    });

    [Theory]
    [InlineData(Page)]
    [InlineData("README.md")]
    public Task Python_is_shown(string page) => CheckAsync("python", (snippet, _) => PythonClient.RunAsync(snippet, NoProxy), page);

    [Fact]
    public Task Go_is_shown() => CheckAsync("go", async (snippet, folder) =>
    {
        var (source, binary) = (folder.Combine("main.go"), folder.Combine("main"));
        await File.WriteAllTextAsync(source, snippet, Cancellation);
        await GoProgram.CompileAsync(source, binary);
        return await ChildProcess.RunAsync(new(binary));
    });

    [Fact]
    public Task Node_is_shown() => CheckAsync("js", async (snippet, folder) =>
    {
        var script = folder.Combine("push.js");
        await File.WriteAllTextAsync(script, snippet, Cancellation);
        return await NodeClient.RunAsync(script, NoProxy);
    });

    [Fact]
    public Task Dotnet_is_shown() => CheckAsync("csharp", async (snippet, folder) =>
    {
        // Outside the repository nothing of its settings applies: this is a user's project.
        var version = typeof(MetricPusher).Assembly.GetName().Version!.ToString(3);
        await File.WriteAllTextAsync(folder.Combine("Program.cs"), snippet, Cancellation);
        await File.WriteAllTextAsync(
            folder.Combine("push.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <UseSharedCompilation>false</UseSharedCompilation>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="prometheus-net" Version="{version}" />
              </ItemGroup>
            </Project>
            """,
            Cancellation);
        var start = new ChildProcessStart("dotnet", "run")
        {
            // No build server that outlives the test.
            Environment = new Dictionary<string, string>(NoProxy) { ["MSBUILDDISABLENODEREUSE"] = "1", ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0" },
            WorkingDirectory = folder.FullPath,
        };
        return await ChildProcess.RunAsync(start, Deadlines.Build);
    });

    async Task CheckAsync(string language, Func<string, TempFolder, Task<ProcessResult>> run, string page = Page)
    {
        await target.StartAsync();
        using var http = new HttpClient { BaseAddress = target.Gateway };
        using var deleted = await http.DeleteAsync(new Uri("metrics/job/backup", UriKind.Relative), Cancellation);
        await WaitForAsync([]);

        using var folder = new TempFolder();
        var snippet = Assert.Single(MarkdownPage.Read(page).Blocks(language));
        Assert.Contains(Url, snippet, StringComparison.Ordinal);
        (await run(snippet.Replace(Url, target.Gateway.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal), folder)).EnsureSuccess();
        await WaitForAsync(["73400320"]);
    }

    async Task WaitForAsync(IReadOnlyList<string> values) => await Poll.UntilAsync(
        token => target.Prometheus.QueryAsync("backup_size_bytes{job=\"backup\"}", null, token),
        found => found.Select(series => series.Samples[0].Value).SequenceEqual(values),
        "what the page pushes",
        Deadlines.Delivery,
        Cancellation);
}
