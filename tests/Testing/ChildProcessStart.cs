namespace PushGateway.Testing;

/// <summary>A program to start, with its arguments and environment.</summary>
public sealed record ChildProcessStart(string FileName, params IReadOnlyList<string> Arguments)
{
    /// <summary>The name of the process in failure messages; the file name when null.</summary>
    public string? Name { get; init; }

    /// <summary>Variables set on top of the test process's own.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Variables of the test process whose names begin with one of these are not passed to the child.</summary>
    public IReadOnlyList<string> ScrubbedPrefixes { get; init; } = [];

    /// <summary>The working directory; that of the test process when null.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Written to standard input, which is then closed. When null, it is closed at once.</summary>
    public string? StandardInput { get; init; }

    /// <summary>Called with each line that the process writes, from any thread.</summary>
    public Action<string>? LineWritten { get; init; }

    internal bool IsScrubbed(string variable) =>
        ScrubbedPrefixes.Any(prefix => variable.StartsWith(prefix, StringComparison.Ordinal));
}
