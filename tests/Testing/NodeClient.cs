namespace PushGateway.Testing;

/// <summary>Runs Node scripts that push with prom-client.</summary>
public static class NodeClient
{
    /// <summary>
    /// Runs a script in which <c>require('prom-client')</c> works, and waits for its end. Skips the test when Node or the client is
    /// missing.
    /// </summary>
    /// <param name="script">The file, a CommonJS module.</param>
    /// <param name="environment">Variables set on top of the test process's own.</param>
    /// <param name="arguments">Its <c>process.argv</c> from the third element on.</param>
    /// <returns>The result; see <see cref="ProcessResult.EnsureSuccess"/>.</returns>
    public static async Task<ProcessResult> RunAsync(
        string script, IReadOnlyDictionary<string, string> environment, params IReadOnlyList<string> arguments)
    {
        var package = await RealComponents.RequireAsync(RealComponents.NodeClient);
        var start = new ChildProcessStart(RealComponents.RequireOnPath("node"), [script, .. arguments])
        {
            Environment = new Dictionary<string, string>(environment) { ["NODE_PATH"] = Path.GetDirectoryName(package)! },
        };
        return await ChildProcess.RunAsync(start);
    }
}
