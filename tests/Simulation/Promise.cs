using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Simulation.Targets;

namespace PushGateway.Simulation;

/// <summary>What must hold after a run. Every violation is a sentence.</summary>
internal sealed class Promise(
    World world, Target target, Network network, Disk disk, IReadOnlyList<SimulatedPush> pushes, TimeSpan? maxSampleAge)
{
    private static readonly long StaleBits = BitConverter.DoubleToInt64Bits(StaleMarker.Value);

    private readonly List<SimulatedPush> _durable = [.. pushes.Where(push => push.Messages.Any(disk.Accepted.Contains))];
    private readonly ILookup<long, SimulatedPush> _ofMillisecond = pushes
        .Where(push => push.Messages.Any(disk.Accepted.Contains))
        .ToLookup(push => push.PushTimeNs / 1_000_000);

    private readonly ILookup<string, WireSample> _refused = network.RefusedAlone.ToLookup(sample => sample.Series);

    /// <summary>What does not hold.</summary>
    /// <param name="drainedMs">When the last message was settled, in true milliseconds.</param>
    public IEnumerable<string> Violations(long drainedMs) =>
        [.. Unfinished(), .. Lost(), .. WronglyDead(), .. Invented(), .. WronglyLive(drainedMs)];

    /// <summary>The pushes of good clients whose samples took longer than allowed.</summary>
    public IEnumerable<string> Late(TimeSpan allowed) => _durable
        .Where(push => push is { IsPrompt: true, AnsweredMs: not null })
        .SelectMany(push => push.Expected, (push, sample) => (push, sample, Took: network.ArrivedMs.GetValueOrDefault(sample, long.MaxValue) - push.AnsweredMs!.Value))
        .Where(late => late.Took > allowed.TotalMilliseconds)
        .Select(late => $"{late.sample} arrived {(late.Took > long.MaxValue / 2 ? "never" : $"{late.Took} ms late")}");

    private IEnumerable<string> Unfinished()
    {
        if (disk.Messages.Count > 0)
        {
            yield return $"{disk.Messages.Count} messages are worked on without end, the first with id {disk.Messages.First().Key}";
        }
    }

    private IEnumerable<string> Lost()
    {
        var later = _durable
            .SelectMany(push => push.Expected, (push, sample) => (Place: (sample.Series, sample.TimestampMs), push.PushTimeNs))
            .GroupBy(one => one.Place)
            .ToDictionary(place => place.Key, place => place.Max(one => one.PushTimeNs));
        foreach (var push in _durable)
        {
            foreach (var sample in push.Expected.Where(sample => !target.Has(sample) && !IsDead(push, sample)))
            {
                if (later[(sample.Series, sample.TimestampMs)] == push.PushTimeNs && !MayPassForSent(push, sample) && !MayHaveEnded(push, sample))
                {
                    yield return $"{sample} of push {push.PushTimeNs} is neither in the target ({target.GetType().Name}) nor dead-lettered";
                }
            }
        }
    }

    private IEnumerable<string> WronglyDead()
    {
        foreach (var push in _durable)
        {
            foreach (var (message, samples) in push.Messages.Zip(push.Parts))
            {
                if (disk.DeadLetters.TryGetValue(message, out var reason)
                    && !IsTrue(reason, push, samples, disk.DiedMs[message]))
                {
                    yield return $"push {push.PushTimeNs} of {string.Join(", ", samples.Take(3))} is dead-lettered, for no fault of its own: {reason.Code}: {reason.Detail}";
                }
            }
        }
    }

    private IEnumerable<string> Invented()
    {
        var pushed = pushes.SelectMany(push => push.Expected).ToHashSet();
        foreach (var sample in target.Samples)
        {
            if (sample.Bits != StaleBits && !pushed.Contains(sample))
            {
                yield return $"the target has {sample}, which nobody pushed";
            }
        }
    }

    private IEnumerable<string> WronglyLive(long drainedMs)
    {
        var groups = new ReferenceGroups(_durable.OrderBy(push => push.Order));
        foreach (var (series, last) in groups.Last.Where(one => !MayHaveBecomeTooOld(one.Key, drainedMs)))
        {
            var isLive = groups.Live.Contains(series);
            if (target.Newest(series) is { } newest && (newest.Bits != StaleBits) != isLive && !HidesFromTarget(series, last, isLive) && (isLive || !MayBeSentAfterItsEnd(newest, last)))
            {
                yield return isLive
                    ? $"{series} has ended in the target at {newest.TimestampMs}, and its group has it since {last.Operation} {last.PushTimeNs}"
                    : $"{series} lives in the target since {newest.TimestampMs}, and its group does not have it after {last.Operation} {last.PushTimeNs}";
            }
        }
    }

    // A later push of the same millisecond may have ended the series.
    private bool MayHaveEnded(SimulatedPush push, WireSample sample) => push.Group is not null && _ofMillisecond[sample.TimestampMs].Any(later =>
        later.PushTimeNs > push.PushTimeNs && (later.Group == push.Group || later.Selectors.Count > 0));

    // What is too old for the target is not sent, be it a sample or a marker, and nobody sees that old a sample in a target.
    private bool MayHaveBecomeTooOld(string series, long drainedMs) =>
        LatestClockMs(drainedMs) - target.Newest(series)?.TimestampMs > maxSampleAge?.TotalMilliseconds;

    // A wrong clock hides the end of a series, or its last push, from the target: the target has a later sample from before a step back, or
    // refused what the last push led to, or a marker of a group that expired by a clock more than an hour behind. A group that is brought
    // back from the future ends its series at the present time.
    private bool HidesFromTarget(string series, SimulatedPush last, bool isLive)
    {
        var lastMs = last.PushTimeNs / 1_000_000;
        return world.HasStepped
            && (target.Newest(series)?.TimestampMs > lastMs
                || _refused[series].Any(refused => refused.TimestampMs >= lastMs - 1 || refused.Bits == StaleBits)
                || last.Expected.Any(sample => sample.Series == series && IsDead(last, sample))
                || (!isLive && world.LeaptBackMs >= last.StoredMs));
    }

    // The gateway was killed before it had removed the messages, and the marker has the millisecond of the sample. So a target that takes another
    // value of that time has the sample again.
    private bool MayBeSentAfterItsEnd(WireSample newest, SimulatedPush last) =>
        newest.TimestampMs == last.PushTimeNs / 1_000_000
        && _ofMillisecond[newest.TimestampMs].Any(push => push.MessagesWith(newest).Any(disk.SentAtKill.Contains));

    // What the gateway's clock may have shown at most.
    private long LatestClockMs(long trueMs) => trueMs + (long)world.MaxClockError.TotalMilliseconds;

    private bool IsTrue(PushError reason, SimulatedPush push, IReadOnlyCollection<WireSample> samples, long diedMs) => reason.Code switch
    {
        RejectCode.SinkRejected => samples.Any(network.RefusedAlone.Contains),
        RejectCode.TimestampTooOld => samples.Any(sample => LatestClockMs(diedMs) - sample.TimestampMs > maxSampleAge?.TotalMilliseconds),
        RejectCode.TimestampInFuture => samples.Any(sample => sample.TimestampMs - (push.PushTimeNs / 1_000_000) > PushLimits.Default.FutureTolerance.TotalMilliseconds),
        _ => false,
    };

    // Refused as out of order, and nobody knows whether an earlier request had stored it: it counts as stored.
    private bool MayPassForSent(SimulatedPush push, WireSample sample) =>
        (push.MessagesWith(sample).Any(disk.SentAtKill.Contains) || network.Unknown.Contains(sample)) && network.RefusedAlone.Contains(sample)
        && target.Newest(sample.Series)?.TimestampMs > sample.TimestampMs;

    private bool IsDead(SimulatedPush push, WireSample sample) => push.MessagesWith(sample).All(disk.DeadLetters.ContainsKey);
}
