using System.Globalization;

namespace PushGateway.Testing;

/// <summary>Runs the real curl, without the machine's own curl configuration and proxies.</summary>
public static class Curl
{
    /// <summary>Sends one request. Skips the test when there is no curl.</summary>
    /// <param name="arguments">The command line, the URL included.</param>
    /// <returns>The server's answer, with any status.</returns>
    /// <exception cref="InvalidOperationException">curl received no answer.</exception>
    public static async Task<CurlAnswer> RunAsync(params IReadOnlyList<string> arguments)
    {
        var start = new ChildProcessStart(
            RealComponents.RequireOnPath("curl"),
            ["--disable", "--silent", "--show-error", "--noproxy", "*", "--max-time", "60", "--write-out", "\n%{http_code}", .. arguments]);
        var result = (await ChildProcess.RunAsync(start, TimeSpan.FromSeconds(120))).EnsureSuccess();
        var output = result.StandardOutput;
        var status = output.LastIndexOf('\n');
        return new CurlAnswer(
            int.Parse(output.AsSpan(status + 1), NumberStyles.None, CultureInfo.InvariantCulture),
            status < 0 ? "" : output[..status]);
    }
}
