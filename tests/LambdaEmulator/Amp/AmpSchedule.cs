namespace PushGateway.LambdaEmulator;

/// <summary>Which answer each request gets, in the order of arrival.</summary>
/// <param name="next">Called for one request at a time.</param>
public sealed class AmpSchedule(Func<AmpAnswer> next)
{
    readonly Lock _gate = new();

    /// <summary>The same for every request.</summary>
    public static AmpSchedule Always(AmpAnswer answer) => new(() => answer);

    /// <summary>These answers once each, then <see cref="AmpAnswer.Accept"/>.</summary>
    public static AmpSchedule Sequence(params IEnumerable<AmpAnswer> answers)
    {
        var left = new Queue<AmpAnswer>(answers);
        return new(() => left.TryDequeue(out var answer) ? answer : AmpAnswer.Accept);
    }

    /// <summary>Answers drawn at random, the same ones for the same seed.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="weights">How often each answer comes, relative to the others; all positive.</param>
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
