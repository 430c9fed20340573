using System.Runtime.InteropServices;

namespace PushGateway.Testing;

/// <summary>A program of this solution, built with the same configuration as the tests.</summary>
static class DotnetProgram
{
    /// <summary>Variables of the machine with these prefixes are not passed to the program. A test sets everything that it needs.</summary>
    static readonly string[] Scrubbed = ["ASPNETCORE_", "AWS_", "DOTNET_ENVIRONMENT", "OTEL_", "PROMETHEUS_", "PUSHGATEWAY_"];

    /// <param name="project">The folder under <c>src</c>.</param>
    /// <param name="environment">Set on top of the test process's own variables, after these were cleaned.</param>
    /// <param name="workingDirectory">The working directory.</param>
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

    // The host of the runtime that runs this test, which may not be the one on PATH: <root>/shared/Microsoft.NETCore.App/<version>/.
    static string Host()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        var host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        return File.Exists(host) ? host : name;
    }
}
