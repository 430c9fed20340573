namespace PushGateway.Bench.Compare;

/// <summary>What the load generator saw.</summary>
/// <param name="Pushes">Pushes answered.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Refused">Answers of 400 and above.</param>
/// <param name="Broken">Connections that failed, and answers that did not come in time.</param>
/// <param name="P50Ms">Median time to the answer, milliseconds.</param>
/// <param name="P99Ms">99th percentile of it.</param>
internal readonly record struct LoadResult(long Pushes, double Seconds, long Refused, long Broken, double P50Ms, double P99Ms)
{
    /// <summary>Why the figures count for nothing; null when they do.</summary>
    public string? Flaw => Refused > 0 || Broken > 0
        ? $"void: {Refused} of {Pushes} pushes refused, {Broken} failed"
        : Pushes == 0 ? "void: no push was answered" : null;
}
