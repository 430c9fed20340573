using System.Diagnostics;
using System.Globalization;

namespace PushGateway.Bench.Compare;

/// <summary>
/// The load generator: <c>wrk</c> with one thread and eight connections. Of all that can rotate bodies, it costs the machine the least.
/// </summary>
/// <param name="wrk">The executable.</param>
/// <param name="script">The Lua script that makes the requests.</param>
/// <param name="folder">A folder for the bodies.</param>
internal sealed class Load(string wrk, string script, string folder)
{
    private const int Connections = 8;
    private const int Variants = 4;

    /// <summary>Pushes bodies with this many samples for a while.</summary>
    public async Task<LoadResult> RunAsync(RunningServer server, Target target, int samples, TimeSpan duration)
    {
        string[] arguments =
        [
            "-t1", $"-c{Connections}", $"-d{Math.Ceiling(duration.TotalSeconds)}s", "--timeout", "30s",
            "-s", script, server.Address.AbsoluteUri, "--",
            target.Method, target.Path, $"{Math.Max(1, target.Groups)}", .. Bodies(samples),
        ];
        using var process = Process.Start(new ProcessStartInfo(wrk, arguments) { RedirectStandardOutput = true, UseShellExecute = false })
            ?? throw new InvalidOperationException($"{wrk} cannot be started.");
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var result = output.Split('\n').FirstOrDefault(line => line.StartsWith("LOAD ", StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"wrk failed: {output}");
        var figures = result.Split(' ').Skip(1).Select(figure => long.Parse(figure, CultureInfo.InvariantCulture)).ToArray();
        return new LoadResult(figures[0], figures[1] / 1e6, figures[2], figures[3], figures[4] / 1e3, figures[5] / 1e3);
    }

    private IEnumerable<string> Bodies(int samples)
    {
        for (var variant = 0; variant < Variants; variant++)
        {
            var path = Path.Combine(folder, $"body-{samples}-{variant}");
            if (!File.Exists(path))
            {
                File.WriteAllBytes(path, Pages.NodeExporter(samples, variant));
            }

            yield return path;
        }
    }
}
