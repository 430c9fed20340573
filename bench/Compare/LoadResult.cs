namespace PushGateway.Bench.Compare;

/// <summary>The result of the load generator.</summary>
/// <param name="Pushes">Pushes answered.</param>
/// <param name="Seconds">The duration.</param>
/// <param name="Refused">Answers of 400 and above.</param>
/// <param name="Broken">Failed connections, and answers that did not come in time.</param>
/// <param name="P50Ms">Median time to the answer in milliseconds.</param>
/// <param name="P99Ms">99th percentile of the time to the answer in milliseconds.</param>
internal readonly record struct LoadResult(long Pushes, double Seconds, long Refused, long Broken, double P50Ms, double P99Ms)
{
    /// <summary>Why the figures are not valid; null when they are.</summary>
    public string? Flaw => Refused > 0 || Broken > 0
        ? $"void: {Refused} of {Pushes} pushes refused, {Broken} failed"
        : Pushes == 0 ? "void: no push was answered" : null;
}
