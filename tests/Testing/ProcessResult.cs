namespace PushGateway.Testing;

/// <summary>The result of a program.</summary>
/// <param name="ExitCode">0 means success. When a signal ended the program, it is 128 plus the signal's number.</param>
/// <param name="StandardOutput">The last lines of standard output.</param>
/// <param name="Output">The last lines of standard output and standard error, in the order of arrival.</param>
public sealed record ProcessResult(int ExitCode, string StandardOutput, string Output)
{
    /// <summary>Returns this result when the program succeeded; otherwise throws with its output.</summary>
    /// <exception cref="InvalidOperationException">The exit code is not 0.</exception>
    public ProcessResult EnsureSuccess() => ExitCode == 0
        ? this
        : throw new InvalidOperationException($"Exit code {ExitCode}. Output:{Environment.NewLine}{Output}");
}
