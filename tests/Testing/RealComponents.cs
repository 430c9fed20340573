using System.Runtime.InteropServices;
using Xunit;

namespace PushGateway.Testing;

/// <summary>
/// The real servers and clients that <c>eng/real-components.sh</c> fetches. The script runs once per test process, on first use of a
/// component. When several test processes start together, one of them fetches and the others wait.
/// </summary>
public static class RealComponents
{
    /// <summary>The Prometheus server.</summary>
    public const string Prometheus = "prometheus";

    /// <summary>Prometheus' own checker.</summary>
    public const string PromTool = "promtool";

    /// <summary>Single-node VictoriaMetrics.</summary>
    public const string VictoriaMetrics = "victoria-metrics";

    /// <summary>VictoriaMetrics' agent.</summary>
    public const string VmAgent = "vmagent";

    /// <summary>The Prometheus Pushgateway.</summary>
    public const string Pushgateway = "pushgateway";

    /// <summary>The folder that PYTHONPATH needs for prometheus_client.</summary>
    public const string PythonClient = "python-client";

    /// <summary>The folder that PYTHONPATH needs for botocore.</summary>
    public const string Botocore = "botocore";

    /// <summary>The folder of the installed fauxqs package.</summary>
    public const string Fauxqs = "fauxqs";

    /// <summary>The folder of the installed dynalite package.</summary>
    public const string Dynalite = "dynalite";

    /// <summary>The folder of the installed prom-client package.</summary>
    public const string NodeClient = "node-client";

    /// <summary>The Go toolchain: GOROOT.</summary>
    public const string Go = "go";

    /// <summary>Prometheus' Go client library and its dependencies: GOPATH.</summary>
    public const string GoClient = "go-client";

    /// <summary>The CDK's command line, for Node.js.</summary>
    public const string Cdk = "cdk";

    /// <summary>The folder of the installed cdk-nag package.</summary>
    public const string CdkNag = "cdk-nag";

    /// <summary>The linter of CloudFormation templates.</summary>
    public const string CfnLint = "cfn-lint";

    const string RequireVariable = "PUSHGATEWAY_REQUIRE_REAL";

    /// <summary>Long, because the first run downloads about 130 MB.</summary>
    static readonly TimeSpan FetchDeadline = TimeSpan.FromMinutes(10);

    static readonly Lazy<Task<Dictionary<string, string>>> Listed = new(ListAsync);

    /// <summary>Whether a missing component fails a test instead of skipping it.</summary>
    public static bool AreRequired => Environment.GetEnvironmentVariable(RequireVariable) == "1";

    /// <summary>The path of a component. Skips the running test when the component is missing on this machine.</summary>
    /// <exception cref="InvalidOperationException">The component is missing and <see cref="AreRequired"/>.</exception>
    public static async Task<string> RequireAsync(string name)
    {
        var listed = await Listed.Value;
        if (!listed.TryGetValue(name, out var path))
            throw new ArgumentException($"eng/real-components.sh lists no component {name}.", nameof(name));
        return path.StartsWith('-') ? Missing(name, path.TrimStart('-', ' ')) : path;
    }

    /// <summary>The path of a program on PATH. Skips or fails the test like <see cref="RequireAsync"/> when it is missing.</summary>
    /// <exception cref="InvalidOperationException">The program is missing and <see cref="AreRequired"/>.</exception>
    public static string RequireOnPath(string name) =>
        ExecutablePath.Find(name) ?? Missing(name, "it is not on PATH");

    /// <summary>
    /// The zip of a Lambda function, <c>api</c> or <c>worker</c>, for this machine's architecture. Skips or fails the test like
    /// <see cref="RequireAsync"/> when it is missing. It is not rebuilt: run <c>eng/publish-lambda.sh</c> after a change.
    /// </summary>
    /// <exception cref="InvalidOperationException">The zip is missing and <see cref="AreRequired"/>.</exception>
    public static string RequireFunction(string name)
    {
        var architecture = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64";
        var file = $"{name}-{architecture}.zip";
        var path = RepositoryRoot.Combine("artifacts", file);
        return File.Exists(path) ? path : Missing($"artifacts/{file}", "eng/publish-lambda.sh makes it");
    }

    static string Missing(string name, string reason)
    {
        if (AreRequired)
            throw new InvalidOperationException($"{name} is missing and {RequireVariable}=1: {reason}");
        Assert.Skip($"{name} is missing: {reason}");
        return "";
    }

    static async Task<Dictionary<string, string>> ListAsync()
    {
        var script = new ChildProcessStart("bash", RepositoryRoot.Combine("eng", "real-components.sh"))
        {
            Name = "eng/real-components.sh",
        };
        var result = (await ChildProcess.RunAsync(script, FetchDeadline)).EnsureSuccess();
        return result.StandardOutput
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', 2))
            .ToDictionary(parts => parts[0], parts => parts[1].Trim());
    }
}
