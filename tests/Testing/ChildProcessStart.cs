namespace PushGateway.Testing;

/// <summary>What to start, and how.</summary>
public sealed record ChildProcessStart(string FileName, params IReadOnlyList<string> Arguments)
{
    /// <summary>What failure messages call the process; the file name when null.</summary>
    public string? Name { get; init; }

    /// <summary>Variables set on top of the test process's own.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Variables of the test process that the child must not see are those whose names begin so.</summary>
    public IReadOnlyList<string> ScrubbedPrefixes { get; init; } = [];

    /// <summary>The test process's own when null.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Written to standard input, which is then closed. Null closes it at once.</summary>
    public string? StandardInput { get; init; }

    /// <summary>Called with each line that the process writes, from any thread; nothing is when null.</summary>
    public Action<string>? LineWritten { get; init; }

    internal bool IsScrubbed(string variable) =>
        ScrubbedPrefixes.Any(prefix => variable.StartsWith(prefix, StringComparison.Ordinal));
}
