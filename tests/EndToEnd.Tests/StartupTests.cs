using System.Globalization;
using System.Net;
using System.Net.Sockets;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests;

/// <summary>What a person sees who starts the gateway.</summary>
public sealed class StartupTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_banner_tells_where_everything_is_and_its_curl_line_works_as_printed()
    {
        await using var gateway = await GatewayProcess.StartAsync(cancellationToken: Cancellation);
        await gateway.Process.WaitForLineAsync("curl ", cancellationToken: Cancellation);
        var url = gateway.BaseAddress.ToString().TrimEnd('/');
        Assert.Equal(url, Banner("Push Gateway"));
        Assert.Equal($"{url}/swagger", Banner("Swagger UI"));
        Assert.Equal(gateway.DataFolder, Banner("Data"));
        Assert.True(Directory.EnumerateFiles(gateway.DataFolder).Any());

        var page = await gateway.Client.GetStringAsync(Banner("Swagger UI"), Cancellation);
        Assert.Contains("swagger-ui", page, StringComparison.Ordinal);
        var document = await gateway.Client.GetStringAsync(new Uri("openapi.json", UriKind.Relative), Cancellation);
        Assert.Equal(await File.ReadAllTextAsync(RepositoryRoot.Combine("openapi.json"), Cancellation), document);

        // The line stays as it is; what it answers is asked for in curl's own configuration.
        RealComponents.RequireOnPath("curl");
        using var home = new TempFolder();
        await File.WriteAllTextAsync(home.Combine(".curlrc"), "silent\nnoproxy = \"*\"\nwrite-out = \"%{http_code}\"\n", Cancellation);
        var curl = new ChildProcessStart("bash", "-c", Banner("Try"))
        {
            Environment = new Dictionary<string, string> { ["HOME"] = home.FullPath, ["CURL_HOME"] = home.FullPath },
        };
        Assert.Equal("202", (await ChildProcess.RunAsync(curl)).EnsureSuccess().StandardOutput);
        await Poll.UntilAsync(
            token => gateway.Client.GetStringAsync(new Uri("metrics", UriKind.Relative), token),
            text => text.Contains("\ntemperature{room=\"kitchen\"} 21.5", StringComparison.Ordinal),
            "the pushed value",
            Deadlines.Delivery,
            Cancellation);

        string Banner(string name) => Assert.Single(
            gateway.Process.StandardOutput, line => line.StartsWith($"{name} ", StringComparison.Ordinal))[name.Length..].Trim();
    }

    // A watched folder with the data in it would take a third of the time of a push.
    [Fact]
    public async Task No_folder_is_watched()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc tells.");
        await using var gateway = await GatewayProcess.StartAsync(cancellationToken: Cancellation);

        var open = Directory.EnumerateFiles($"/proc/{gateway.Process.Id}/fd").Select(path => new FileInfo(path).LinkTarget).ToList();

        Assert.Contains(open, target => target?.StartsWith(gateway.DataFolder, StringComparison.Ordinal) == true);
        Assert.DoesNotContain("anon_inode:inotify", open);
    }

    [Fact]
    public async Task Every_wrong_setting_of_the_gateway_is_named_at_once()
    {
        var wrong = new Dictionary<string, string>
        {
            ["PUSHGATEWAY_MAX_MESSAGE_BYTES"] = "12",
            ["PUSHGATEWAY_MAX_BODY_BYTES"] = "0",
            ["PUSHGATEWAY_MAX_DECOMPRESSED_BYTES"] = "-1",
            ["PUSHGATEWAY_MAX_LABELS"] = "many",
            ["PUSHGATEWAY_MAX_NAME_BYTES"] = "1.5",
            ["PUSHGATEWAY_MAX_LABEL_VALUE_BYTES"] = "2 KB",
            ["PUSHGATEWAY_MAX_SAMPLE_AGE"] = "1 hour",
            ["PUSHGATEWAY_FUTURE_TOLERANCE"] = "5",
            ["PUSHGATEWAY_SYNCHRONOUS"] = "Sometimes",
            ["PUSHGATEWAY_MAX_STORAGE_BYTES"] = "1",
            ["PUSHGATEWAY_UNGROUPED_HOLD"] = "-1s",
            ["PUSHGATEWAY_GROUP_TTL"] = "0",
            ["PUSHGATEWAY_ALLOW_TIMESTAMPS"] = "1",
            ["PUSHGATEWAY_ENABLE_ADMIN_API"] = "on",
            ["PUSHGATEWAY_GROUPS_TABLE"] = "my groups",
            ["PROMETHEUS_REMOTE_WRITE_URL"] = "prometheus:9090",
        };
        CheckNamed(await GatewayProcess.RunAsync(wrong), wrong);
    }

    [Theory]
    [InlineData("http://127.0.0.1:port")]
    [InlineData("127.0.0.1:9091")]
    [InlineData("http://127.0.0.1:99999")]
    public async Task A_wrong_address_to_listen_on_is_named(string url)
    {
        var result = await GatewayProcess.RunAsync(arguments: ["--urls", url]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"urls: \"{url}\" is not a URL such as http://127.0.0.1:9091.", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PUSHGATEWAY_QUEUE_URL", "queue")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector")]
    public async Task A_wrong_address_is_named(string name, string value)
    {
        var wrong = new Dictionary<string, string> { [name] = value };
        CheckNamed(await GatewayProcess.RunAsync(wrong), wrong);
    }

    [Fact]
    public async Task Every_wrong_setting_of_Worker_is_named_at_once()
    {
        var wrong = new Dictionary<string, string>
        {
            ["PUSHGATEWAY_QUEUE_URL"] = "queue",
            ["PUSHGATEWAY_DEAD_LETTER_QUEUE_URL"] = "letters",
            ["PUSHGATEWAY_GROUPS_TABLE"] = "g",
            ["PUSHGATEWAY_RECEIVERS"] = "0",
            ["PUSHGATEWAY_BATCH_SIZE"] = "0",
            ["PUSHGATEWAY_MAX_SAMPLE_AGE"] = "tomorrow",
            ["PROMETHEUS_REMOTE_WRITE_URL"] = "prometheus:9090",
        };
        CheckNamed(await WorkerProcess.RunAsync(wrong), wrong);
    }

    [Fact]
    public async Task Worker_without_queue_or_target_says_so()
    {
        var noQueue = await WorkerProcess.RunAsync(
            new Dictionary<string, string> { ["PROMETHEUS_REMOTE_WRITE_URL"] = "http://127.0.0.1:9/api/v1/write" });
        CheckRefused(noQueue, "PUSHGATEWAY_QUEUE_URL");
        var noTarget = await WorkerProcess.RunAsync(
            new Dictionary<string, string> { ["PUSHGATEWAY_QUEUE_URL"] = "http://127.0.0.1:9/queue" });
        CheckRefused(noTarget, "PROMETHEUS_REMOTE_WRITE_URL");
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        using var listener = new TcpListener(IPAddress.Loopback, FreePort.Next());
        listener.Start();
        var address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        var result = await GatewayProcess.RunAsync(arguments: ["--urls", address]);
        Assert.Equal(1, result.ExitCode);

        // Kestrel and the host log it at length on the standard output. The line on the standard error is for the person.
        Assert.Contains($"Failed to bind to address {address}: address already in use.", result.Output.Split('\n'));
    }

    [Fact]
    public async Task A_data_folder_in_use_is_named()
    {
        await using var gateway = await GatewayProcess.StartAsync(cancellationToken: Cancellation);
        var second = await GatewayProcess.RunAsync(new Dictionary<string, string> { ["PUSHGATEWAY_DATA_DIR"] = gateway.DataFolder });
        CheckRefused(second, $"The data folder {gateway.DataFolder} is in use by another process");
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_is_named()
    {
        using var folder = new TempFolder();
        var file = folder.Combine("file");
        await File.WriteAllTextAsync(file, "", Cancellation);
        var below = Path.Combine(file, "data");
        CheckRefused(await RunAsync(below), $"The data folder {below} cannot be created");
        CheckRefused(await RunAsync(file), $"The data folder {file} cannot be created");

        static Task<ProcessResult> RunAsync(string path) =>
            GatewayProcess.RunAsync(new Dictionary<string, string> { ["PUSHGATEWAY_DATA_DIR"] = path });
    }

    [Fact]
    public async Task A_database_that_is_none_is_named()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.Combine("pushgateway.db"), "This is not a database, however long it may go on.", Cancellation);
        var result = await GatewayProcess.RunAsync(new Dictionary<string, string> { ["PUSHGATEWAY_DATA_DIR"] = folder.FullPath });
        CheckRefused(result, $"The database {folder.Combine("pushgateway.db")} cannot be opened");
    }

    static void CheckNamed(ProcessResult result, Dictionary<string, string> wrong)
    {
        Assert.All(wrong, setting =>
        {
            CheckRefused(result, setting.Key);
            Assert.Contains($"\"{setting.Value}\"", result.Output, StringComparison.Ordinal);
        });
    }

    // A sentence for a person: no stack trace, nor the runtime's report of a crash.
    static void CheckRefused(ProcessResult result, string sentence)
    {
        Assert.Contains(sentence, result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\n   at ", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", result.Output, StringComparison.Ordinal);
        Assert.Equal(1, result.ExitCode);
    }
}
