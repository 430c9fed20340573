namespace PushGateway.Testing;

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">0 is success; 128 plus the signal's number when a signal ended it.</param>
/// <param name="StandardOutput">The last lines of standard output.</param>
/// <param name="Output">The last lines of standard output and standard error, as they came.</param>
public sealed record ProcessResult(int ExitCode, string StandardOutput, string Output)
{
    /// <summary>Returns this when the program succeeded, else fails with its output.</summary>
    /// <exception cref="InvalidOperationException">The exit code is not 0.</exception>
    public ProcessResult EnsureSuccess() => ExitCode == 0
        ? this
        : throw new InvalidOperationException($"Exit code {ExitCode}. Output:{Environment.NewLine}{Output}");
}
