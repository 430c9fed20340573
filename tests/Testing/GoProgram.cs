using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace PushGateway.Testing;

/// <summary>
/// A Go program in one source file, which may import Prometheus' client library. It is built with the fetched toolchain. The binary is kept
/// with the fetched packages, named by the hash of its source, so it is built only once.
/// </summary>
public static class GoProgram
{
    /// <summary>Long, because the first build also compiles the standard library.</summary>
    static readonly TimeSpan BuildDeadline = TimeSpan.FromMinutes(8);

    static readonly ConcurrentDictionary<string, Lazy<Task<string>>> Built = new(StringComparer.Ordinal);

    /// <summary>The path of the built program. Skips the test when there is no Go.</summary>
    /// <param name="source">The file of <c>package main</c>.</param>
    /// <exception cref="InvalidOperationException">It does not compile.</exception>
    public static Task<string> BuildAsync(string source) => Built.GetOrAdd(source, path => new(() => BuildOnceAsync(path))).Value;

    /// <summary>Compiles a program into the given file. Skips the test when there is no Go.</summary>
    /// <param name="source">The file of <c>package main</c>.</param>
    /// <param name="binary">The path of the program to write.</param>
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
                // The toolchain counts its own use in this folder.
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
            // Several processes may build at the same time. Each moves the same complete program into place.
            var built = $"{binary}.{Guid.NewGuid():N}";
            await CompileAsync(source, built);
            File.Move(built, binary, overwrite: true);
        }

        return binary;
    }
}
