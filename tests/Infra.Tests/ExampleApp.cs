using System.IO.Compression;
using PushGateway.Testing;

namespace PushGateway.Infra.Tests;

/// <summary>The example app, run as the CDK's command line runs it, in a folder that has stand-ins for the functions' zips.</summary>
internal static class ExampleApp
{
    /// <summary>For the CDK and the linters, which have much to do before they begin; reaching it is a failure, not a wait.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    private static readonly string Assembly = typeof(PrometheusPushGateway).Assembly.Location;

    /// <summary>What <c>--app</c> of the CDK's command line is.</summary>
    public static string Command => $"dotnet exec {Assembly}";

    /// <summary>A folder to run it in.</summary>
    public static string NewFolder(string architecture)
    {
        var folder = CdkFolder.NewFolder();
        Directory.CreateDirectory(Path.Combine(folder, "artifacts"));
        foreach (var function in new[] { "api", "worker" })
        {
            using var zip = ZipFile.Open(Path.Combine(folder, "artifacts", $"{function}-{architecture}.zip"), ZipArchiveMode.Create);
            using var bootstrap = new StreamWriter(zip.CreateEntry("bootstrap").Open());
            bootstrap.Write($"#!/bin/sh\n# {function}\n");
        }

        return folder;
    }

    /// <summary>Runs it without the command line.</summary>
    /// <param name="folder">Where it runs.</param>
    /// <param name="context">What the command line would give it with <c>-c</c>, as JSON.</param>
    /// <param name="temporary">Its folder for temporary files; the tests' own when null.</param>
    public static Task<ProcessResult> RunAsync(string folder, string context = "{}", string? temporary = null) => ChildProcess.RunAsync(
        new ChildProcessStart("dotnet", "exec", Assembly)
        {
            Name = "PushGateway.Infra",
            WorkingDirectory = folder,
            Environment = new Dictionary<string, string>
            {
                ["CDK_OUTDIR"] = Output(folder),
                ["CDK_CONTEXT_JSON"] = context,
                ["TMPDIR"] = temporary ?? Path.GetTempPath(),
            },
        },
        Deadline);

    public static string Output(string folder) => Path.Combine(folder, "cdk.out");

    public static SynthesizedStack Read(string folder) => SynthesizedStack.Read(Path.Combine(Output(folder), "PushGateway.template.json"));
}
