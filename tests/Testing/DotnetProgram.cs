using System.Runtime.InteropServices;

namespace PushGateway.Testing;

/// <summary>A program of this solution, as built with the configuration that the tests were built with.</summary>
static class DotnetProgram
{
    /// <summary>What the machine has set for these must not reach the program: a test gives it all that it needs.</summary>
    static readonly string[] Scrubbed = ["ASPNETCORE_", "AWS_", "DOTNET_ENVIRONMENT", "OTEL_", "PROMETHEUS_", "PUSHGATEWAY_"];

    /// <param name="project">The folder under <c>src</c>.</param>
    /// <param name="environment">Set on top of the test process's own, cleaned variables.</param>
    /// <param name="workingDirectory">Where relative paths lead.</param>
    /// <param name="arguments">The command line.</param>
    /// <exception cref="FileNotFoundException">The program is not built.</exception>
    internal static ChildProcessStart Prepare(
        string project,
        IReadOnlyDictionary<string, string> environment,
        string workingDirectory,
        IReadOnlyList<string> arguments)
    {
        // …/bin/<configuration>/<framework>/
        var framework = new DirectoryInfo(AppContext.BaseDirectory);
        var configuration = framework.Parent!.Name;
        var assembly = RepositoryRoot.Combine(
            "src", project, "bin", configuration, framework.Name, $"PushGateway.{project}.dll");
        if (!File.Exists(assembly))
            throw new FileNotFoundException($"{assembly} is not built: the test project has to reference src/{project}.", assembly);

        return new ChildProcessStart(Host(), ["exec", assembly, .. arguments])
        {
            Name = $"PushGateway.{project}",
            Environment = environment,
            ScrubbedPrefixes = Scrubbed,
            WorkingDirectory = workingDirectory,
        };
    }

    // The runtime that runs this test, which need not be the one on PATH: <root>/shared/Microsoft.NETCore.App/<version>/.
    static string Host()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        var host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        return File.Exists(host) ? host : name;
    }
}
