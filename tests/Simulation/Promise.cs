using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Simulation.Targets;

namespace PushGateway.Simulation;

/// <summary>What must hold after a run. Every violation is a sentence.</summary>
internal sealed class Promise(Target target, Network network, Disk disk, IReadOnlyList<SimulatedPush> pushes, TimeSpan? maxSampleAge, long nowMs)
{
    private static readonly long StaleBits = BitConverter.DoubleToInt64Bits(StaleMarker.Value);

    private readonly List<SimulatedPush> _durable = [.. pushes.Where(push => push.Messages.Any(disk.Accepted.Contains))];
    private readonly ILookup<long, SimulatedPush> _ofMillisecond = pushes
        .Where(push => push.Messages.Any(disk.Accepted.Contains))
        .ToLookup(push => push.PushTimeNs / 1_000_000);

    public IEnumerable<string> Violations() =>
        [.. Unfinished(), .. Lost(), .. WronglyDead(), .. Invented(), .. WronglyLive()];

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
                    && !IsTrue(reason, samples, disk.DiedMs[message]))
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

    private IEnumerable<string> WronglyLive()
    {
        var groups = new ReferenceGroups();
        foreach (var push in _durable.OrderBy(push => push.PushTimeNs))
        {
            groups.Apply(push);
        }

        var live = groups.Live;
        foreach (var series in groups.Ever.Where(series => !MayHaveBecomeTooOld(series)))
        {
            if (target.Newest(series) is { } newest && (newest.Bits != StaleBits) != live.Contains(series))
            {
                yield return live.Contains(series)
                    ? $"{series} has ended in the target, and its group has it"
                    : $"{series} lives in the target, and its group does not have it";
            }
        }
    }

    // A later push of the same millisecond may have ended the series.
    private bool MayHaveEnded(SimulatedPush push, WireSample sample) => push.Group is not null && _ofMillisecond[sample.TimestampMs].Any(later =>
        later.PushTimeNs > push.PushTimeNs && (later.Group == push.Group || later.Selectors.Count > 0));

    // What is too old for the target is not sent, be it a sample or a marker, and nobody sees that old a sample in a target.
    private bool MayHaveBecomeTooOld(string series) => nowMs - target.Newest(series)?.TimestampMs > maxSampleAge?.TotalMilliseconds;

    private bool IsTrue(PushError reason, IReadOnlyCollection<WireSample> samples, long diedMs) => reason.Code switch
    {
        RejectCode.SinkRejected => samples.Any(network.RefusedAlone.Contains),
        RejectCode.TimestampTooOld => samples.Any(sample => diedMs - sample.TimestampMs > maxSampleAge?.TotalMilliseconds),
        _ => false,
    };

    // Refused as out of order, and nobody knows whether an earlier request had stored it: it counts as stored.
    private bool MayPassForSent(SimulatedPush push, WireSample sample) =>
        (push.MessagesWith(sample).Any(disk.SentAtKill.Contains) || network.Unknown.Contains(sample)) && network.RefusedAlone.Contains(sample)
        && target.Newest(sample.Series)?.TimestampMs > sample.TimestampMs;

    private bool IsDead(SimulatedPush push, WireSample sample) => push.MessagesWith(sample).All(disk.DeadLetters.ContainsKey);
}
