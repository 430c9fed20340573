using System.Text;
using PushGateway.Simulation.Targets;
using PushGateway.Sinks;

namespace PushGateway.Simulation;

/// <summary>The way to the target, and what goes wrong on it.</summary>
internal sealed class Network(World world, Target target)
{
    /// <summary>How the target fails now: null when it does not.</summary>
    public Failure? Failing { get; set; }

    /// <summary>Share of requests that arrive and whose answer is lost.</summary>
    public double CutAnswers { get; set; }

    /// <summary>Series for which the target answers 500, whatever else is in the request.</summary>
    public string? Poison { get; set; }

    /// <summary>Requests that reached the target.</summary>
    public int Requests { get; private set; }

    /// <summary>The samples that were refused in a request that held nothing else.</summary>
    public HashSet<WireSample> RefusedAlone { get; } = [];

    /// <summary>The samples of requests of which the gateway does not know whether they were stored.</summary>
    public HashSet<WireSample> Unknown { get; } = [];

    /// <summary>When a sample was stored first, in virtual milliseconds.</summary>
    public Dictionary<WireSample, long> ArrivedMs { get; } = [];

    /// <summary>Sends a request. An answer that is lost is a result, too.</summary>
    public async Task<SinkResult> SendAsync(Life life, IReadOnlyList<WireSample> request)
    {
        if (Failing is { Kind: FailureKind.NoConnection })
        {
            await life.DelayAsync(TimeSpan.FromMilliseconds(1));
            return SinkResult.Retry("remote write failed: Connection refused");
        }

        await life.DelayAsync(world.Between(0.3, 3));
        var result = Answer(request);
        if (result.ReachedTarget)
        {
            Unknown.UnionWith(request);
        }

        if (Failing is { Kind: FailureKind.NoAnswer } || world.Random.NextDouble() < CutAnswers)
        {
            Unknown.UnionWith(request);
            await life.DelayAsync(TimeSpan.FromSeconds(30));
            return SinkResult.Retry("remote write timed out after 30 s", reachedTarget: true);
        }

        await life.DelayAsync(world.Between(0.3, 3));
        return result;
    }

    private SinkResult Answer(IReadOnlyList<WireSample> request)
    {
        Requests++;
        switch (Failing?.Kind)
        {
            case FailureKind.Status:
                return SinkResult.Retry($"remote write returned HTTP status {Failing.Status}", Failing.RetryAfter, SinkResponse.ReachedTarget(Failing.Status));
            case FailureKind.NoAnswer when world.Random.Next(2) == 0:
                return SinkResult.Retry("");
        }

        if (Poison is not null && request.Any(sample => sample.Series.StartsWith(Poison, StringComparison.Ordinal)))
        {
            return SinkResult.Retry("remote write returned HTTP status 500: internal error", reachedTarget: true);
        }

        var refusal = target.Write(request, world.NowMs);
        foreach (var sample in request.Where(sample => target.Has(sample)))
        {
            ArrivedMs.TryAdd(sample, world.NowMs);
        }

        if (refusal is null)
        {
            return SinkResult.Delivered;
        }

        if (request.Count == 1)
        {
            RefusedAlone.Add(request[0]);
        }

        var text = Encoding.UTF8.GetBytes(refusal);
        return SinkResult.Rejected(
            $"remote write returned HTTP status 400: {refusal}", SinkResponse.SaysOutOfOrder(text), SinkResponse.SaysDuplicate(text));
    }
}
