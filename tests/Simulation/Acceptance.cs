using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Queue;

namespace PushGateway.Simulation;

/// <summary>Makes messages of pushes as Api does, and knows which samples the target should get of them.</summary>
internal sealed class Acceptance(MessageCapacity capacity)
{
    /// <summary>The limits that every push is held to.</summary>
    public static PushLimits Limits => PushLimits.Default;

    /// <summary>Fills in the messages of a push. False when the push is refused.</summary>
    /// <param name="push">The push.</param>
    /// <param name="acceptedNs">When it was accepted, nanoseconds since the Unix epoch.</param>
    public bool TryAccept(SimulatedPush push, long acceptedNs)
    {
        var batch = new MetricBatch();
        var messages = new List<QueueMessage>();
        push.Messages = messages;
        if (push.Selectors.Count > 0)
        {
            foreach (var text in push.Selectors)
            {
                Assert(GroupSelector.TryParse(text, out var selector, out _));
                Encode(new PushHeader(PushOperation.Delete, null, acceptedNs) { Selector = selector }, batch, messages);
            }

            return true;
        }

        var group = GroupOf(push);
        AddTo(batch, push, group);
        if (Limits.Check(batch, default, acceptedNs / 1_000_000) is not null)
        {
            return false;
        }

        Encode(new PushHeader(push.Operation, group, acceptedNs) { TimeToLive = push.TimeToLive }, batch, messages);
        return true;
    }

    /// <summary>Fills in what the target should get of a push that has the time by which it is told from others.</summary>
    public static void Expect(SimulatedPush push, Func<QueueMessage, ReceivedMessage> receive)
    {
        var batch = new MetricBatch();
        var group = GroupOf(push);
        AddTo(batch, push, group);
        if (push.Selectors.Count == 0)
        {
            PushTimes.Add(batch, default, new PushHeader(push.Operation, group, push.PushTimeNs));
        }

        push.Expected = ToWire(batch, push.PushTimeNs / 1_000_000);
        push.Parts = push.Messages.Count == 1 ? [push.Expected] : [.. push.Messages.Select(message => Read(receive(message), out _))];
        Assert(push.Expected.ToHashSet().SetEquals(push.Parts.SelectMany(part => part)));
    }

    /// <summary>Reads the samples of a message, and the time of its push.</summary>
    public static List<WireSample> Read(ReceivedMessage message, out long pushTimeNs)
    {
        var batch = new MetricBatch();
        Assert(PushMessageCodec.TryDecode(message, batch, Limits, out var header, out _));
        pushTimeNs = header!.PushTimeNs;
        return ToWire(batch, pushTimeNs / 1_000_000);
    }

    private static GroupingKey? GroupOf(SimulatedPush push)
    {
        GroupingKey? group = null;
        Assert(push.Group is null || GroupingKeyParser.TryParse(push.Group, out group, out _));
        return group;
    }

    private void Encode(PushHeader header, MetricBatch batch, List<QueueMessage> messages) =>
        Assert(PushMessageCodec.Encode(header, batch, capacity, messages) is null);

    private static void AddTo(MetricBatch batch, SimulatedPush push, GroupingKey? group)
    {
        batch.BeginPush(group is null ? [] : group.LabelsIn(batch.Symbols));
        foreach (var sample in push.Samples)
        {
            var name = batch.Symbols.Intern(sample.Name);
            var family = batch.FindFamily(name) is >= 0 and var found ? found : batch.AddFamily(name);
            batch.BeginSeries(family, name);
            batch.AddLabel(batch.Symbols.Intern("instance"), batch.Symbols.Intern(sample.Instance));
            batch.AddSample(new Sample(sample.TimestampMs ?? Sample.NoTimestamp, sample.Value));
            batch.EndSeries();
        }
    }

    private static List<WireSample> ToWire(MetricBatch batch, long pushedMs)
    {
        var samples = new List<WireSample>();
        foreach (ref readonly var series in batch.Series)
        {
            var sample = batch.SamplesOf(series)[0];
            samples.Add(SimulatedSink.ToWire(
                batch, series, sample.TimestampMs == Sample.NoTimestamp ? sample with { TimestampMs = pushedMs } : sample));
        }

        return samples;
    }

    private static void Assert(bool holds)
    {
        if (!holds)
        {
            throw new InvalidOperationException("the simulation itself is wrong");
        }
    }
}
