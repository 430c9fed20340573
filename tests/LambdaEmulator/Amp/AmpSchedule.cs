namespace PushGateway.LambdaEmulator;

/// <summary>Chooses the answer to each request, in the order of arrival.</summary>
/// <param name="next">Returns the next answer. Calls do not overlap.</param>
public sealed class AmpSchedule(Func<AmpAnswer> next)
{
    readonly Lock _gate = new();

    /// <summary>The same answer to every request.</summary>
    public static AmpSchedule Always(AmpAnswer answer) => new(() => answer);

    /// <summary>Each of these answers once, then always <see cref="AmpAnswer.Accept"/>.</summary>
    public static AmpSchedule Sequence(params IEnumerable<AmpAnswer> answers)
    {
        var left = new Queue<AmpAnswer>(answers);
        return new(() => left.TryDequeue(out var answer) ? answer : AmpAnswer.Accept);
    }

    /// <summary>Random answers. The same seed gives the same answers.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="weights">How often each answer comes, relative to the others. All weights are positive.</param>
    public static AmpSchedule Random(int seed, params IReadOnlyList<(int Weight, AmpAnswer Answer)> weights)
    {
        var random = new Random(seed);
        var total = weights.Sum(entry => entry.Weight);
        return new(() =>
        {
            var draw = random.Next(total);
            return weights.First(entry => (draw -= entry.Weight) < 0).Answer;
        });
    }

    internal AmpAnswer Next()
    {
        lock (_gate)
            return next();
    }
}
