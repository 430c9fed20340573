using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace PushGateway.Testing;

/// <summary>
/// A Go program of one source file that may import Prometheus' client library, built with the fetched toolchain. The
/// binary is kept beside the fetched packages under its source's hash, so that it is built once.
/// </summary>
public static class GoProgram
{
    /// <summary>The first build compiles the standard library, too.</summary>
    static readonly TimeSpan BuildDeadline = TimeSpan.FromMinutes(8);

    static readonly ConcurrentDictionary<string, Lazy<Task<string>>> Built = new(StringComparer.Ordinal);

    /// <summary>The path of the built program. Skips the test when there is no Go.</summary>
    /// <param name="source">The file of <c>package main</c>.</param>
    /// <exception cref="InvalidOperationException">It does not compile.</exception>
    public static Task<string> BuildAsync(string source) => Built.GetOrAdd(source, path => new(() => BuildOnceAsync(path))).Value;

    /// <summary>Compiles a program into a file of the caller's. Skips the test when there is no Go.</summary>
    /// <param name="source">The file of <c>package main</c>.</param>
    /// <param name="binary">Where the program is to be.</param>
    /// <exception cref="InvalidOperationException">It does not compile.</exception>
    public static async Task CompileAsync(string source, string binary)
    {
        var root = await RealComponents.RequireAsync(RealComponents.Go);
        var packages = await RealComponents.RequireAsync(RealComponents.GoClient);
        var start = new ChildProcessStart(Path.Combine(root, "bin", "go"), "build", "-trimpath", "-o", binary, source)
        {
            Name = $"go build {Path.GetFileName(source)}",
            ScrubbedPrefixes = ["GO", "CGO_"],
            Environment = new Dictionary<string, string>
            {
                ["GOROOT"] = root,
                ["GOPATH"] = packages,
                ["GOCACHE"] = Path.Combine(packages, "cache"),
                ["GO111MODULE"] = "off",
                ["GOENV"] = "off",
                ["GOTOOLCHAIN"] = "local",
                ["CGO_ENABLED"] = "0",
                // Where the toolchain counts its own use.
                ["XDG_CONFIG_HOME"] = Path.Combine(packages, "config"),
            },
        };
        (await ChildProcess.RunAsync(start, BuildDeadline)).EnsureSuccess();
    }

    static async Task<string> BuildOnceAsync(string source)
    {
        var packages = await RealComponents.RequireAsync(RealComponents.GoClient);
        var hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(source)));
        var binary = Path.Combine(packages, "bin", $"{Path.GetFileNameWithoutExtension(source)}-{hash}");
        if (!File.Exists(binary))
        {
            // Processes that build at a time each put the same program there, whole.
            var built = $"{binary}.{Guid.NewGuid():N}";
            await CompileAsync(source, built);
            File.Move(built, binary, overwrite: true);
        }

        return binary;
    }
}
