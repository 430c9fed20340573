namespace PushGateway.Testing;

/// <summary>Runs Python scripts that push with the official Prometheus client.</summary>
public static class PythonClient
{
    /// <summary>
    /// Runs a script in which <c>import prometheus_client</c> works, and waits for its end. Skips the test when Python or the client is
    /// missing.
    /// </summary>
    /// <param name="script">Python 3 source.</param>
    /// <param name="arguments">Its <c>sys.argv[1:]</c>.</param>
    /// <returns>The result; see <see cref="ProcessResult.EnsureSuccess"/>.</returns>
    public static Task<ProcessResult> RunAsync(string script, params IReadOnlyList<string> arguments) =>
        RunAsync(script, new Dictionary<string, string>(), arguments);

    /// <inheritdoc cref="RunAsync(string, IReadOnlyList{string})"/>
    /// <param name="script">Python 3 source.</param>
    /// <param name="environment">Variables set on top of the test process's own.</param>
    /// <param name="arguments">Its <c>sys.argv[1:]</c>.</param>
    public static async Task<ProcessResult> RunAsync(
        string script, IReadOnlyDictionary<string, string> environment, params IReadOnlyList<string> arguments)
    {
        var folder = await RealComponents.RequireAsync(RealComponents.PythonClient);
        var start = new ChildProcessStart(RealComponents.RequireOnPath("python3"), ["-", .. arguments])
        {
            Environment = new Dictionary<string, string>(environment)
            {
                ["PYTHONPATH"] = folder,
                ["PYTHONDONTWRITEBYTECODE"] = "1",
            },
            StandardInput = script,
        };
        return await ChildProcess.RunAsync(start);
    }
}
