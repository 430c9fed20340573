namespace PushGateway.Testing;

/// <summary>Prometheus' own checker.</summary>
public static class PromTool
{
    /// <summary>
    /// <c>promtool check metrics</c>: parses an exposition in the text format and lints it. Exit code 0 means no findings, 3 means valid
    /// with findings, and any other code means that it cannot be parsed. The findings are in the output.
    /// </summary>
    public static async Task<ProcessResult> CheckMetricsAsync(string exposition)
    {
        var executable = await RealComponents.RequireAsync(RealComponents.PromTool);
        return await ChildProcess.RunAsync(
            new ChildProcessStart(executable, "check", "metrics") { StandardInput = exposition });
    }
}
