namespace PushGateway.LambdaEmulator;

/// <summary>A function's configuration, with Lambda's own defaults.</summary>
public sealed record FunctionOptions
{
    /// <summary>The deployment package: a zip or a folder with an executable <c>bootstrap</c>.</summary>
    public required string Package { get; init; }

    /// <summary>The function's name.</summary>
    public string Name { get; init; } = "function";

    /// <summary><c>_HANDLER</c>, which an OS-only runtime may ignore.</summary>
    public string Handler { get; init; } = "bootstrap";

    /// <summary>Longest time of an invocation, from the event to the runtime's next poll.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Longest time of a cold start. When it fails, it is tried once more within <see cref="Timeout"/>.</summary>
    public TimeSpan InitTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Memory in MiB. The function is told, but the limit is not enforced.</summary>
    public int MemorySize { get; init; } = 128;

    /// <summary>Most invocations at a time. A further one is throttled.</summary>
    public int ReservedConcurrency { get; init; } = 10;

    /// <summary>The function's own variables. As in Lambda, they cannot replace reserved variables.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The collector layer in each sandbox; none when null.</summary>
    public CollectorOptions? Collector { get; init; }

    /// <summary>Called with each line that a sandbox writes, from any thread.</summary>
    public Action<string>? LineWritten { get; init; }

    /// <summary>The invoked function's ARN.</summary>
    public string Arn => $"arn:aws:lambda:{AwsAccount.Region}:{AwsAccount.Id}:function:{Name}";
}
