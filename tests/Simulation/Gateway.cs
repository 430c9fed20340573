using PushGateway.Delivery;
using PushGateway.Groups;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Queue;

namespace PushGateway.Simulation;

/// <summary>The gateway on one machine, from its start until it is killed: what the real process builds, on simulated edges.</summary>
internal sealed class Gateway
{
    private readonly World _world;
    private readonly SimulatedQueue _queue;
    private readonly PushClock _clock;
    private readonly PushLimits _limits = PushLimits.Default;

    public Gateway(World world, Disk disk, Network network, int maxSamplesPerRequest, TimeSpan? maxSampleAge)
    {
        _world = world;
        Life = new Life(world);
        var groups = new MemoryGroupStore(GroupStoreOptions.Default with { IsOrdered = true }, Life.Time, tracksChanges: true);
        _queue = new SimulatedQueue(world, Life, disk, groups);
        _clock = new PushClock(Life.Time);
        var options = new DeliveryOptions { GatherTime = TimeSpan.FromMilliseconds(5), Random = world.Random };
        var sink = new SimulatedSink(Life, network, maxSamplesPerRequest, maxSampleAge);
        var handler = new BatchHandler(sink, groups, _limits, options, Life.Time, _queue);
        var delivery = new OrderedDelivery(_queue, handler, options, Life.Time, Observer);
        var sweep = new ExpirySweep(groups, new QueuedExpiry(_queue), options, Life.Time, Observer);
        Life.Run(() =>
        {
            _ = delivery.RunAsync(CancellationToken.None);
            _ = sweep.RunAsync(CancellationToken.None);
        });
    }

    public Life Life { get; }

    /// <summary>What went wrong inside.</summary>
    public FaultLog Observer { get; } = new();

    /// <summary>Accepts a push as Api does.</summary>
    public void Accept(SimulatedPush push) => Life.Run(() => _ = AcceptAsync(push));

    private async Task AcceptAsync(SimulatedPush push)
    {
        push.IsOpen = true;
        var acceptedNs = _clock.Next();
        var batch = new MetricBatch();
        var messages = new List<QueueMessage>();
        GroupingKey? group = null;
        if (push.Selectors.Count > 0)
        {
            foreach (var text in push.Selectors)
            {
                Assert(GroupSelector.TryParse(text, out var selector, out _));
                Encode(new PushHeader(PushOperation.Delete, null, acceptedNs) { Selector = selector }, batch, messages);
            }
        }
        else
        {
            Assert(push.Group is null || GroupingKeyParser.TryParse(push.Group, out group, out _));
            AddTo(batch, push, group);
            Encode(new PushHeader(push.Operation, group, acceptedNs) { TimeToLive = push.TimeToLive }, batch, messages);
        }

        push.Messages = messages;
        try
        {
            await _queue.EnqueueAsync(messages, storedNs =>
            {
                push.PushTimeNs = storedNs;
                push.Expected = Expect(push, group, batch);
            });
        }
        catch (QueueUnavailableException)
        {
            push.IsOpen = false;
            return;
        }

        (push.AnsweredMs, push.IsOpen) = (_world.NowMs, false);
    }

    private void Encode(PushHeader header, MetricBatch batch, List<QueueMessage> messages) =>
        Assert(PushMessageCodec.Encode(header, batch, _queue.Capacity, messages) is null);

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

    // The samples as the target should get them.
    private static List<WireSample> Expect(SimulatedPush push, GroupingKey? group, MetricBatch batch)
    {
        var pushedMs = push.PushTimeNs / 1_000_000;
        if (push.Selectors.Count == 0)
        {
            PushTimes.Add(batch, default, new PushHeader(push.Operation, group, push.PushTimeNs));
        }

        var expected = new List<WireSample>();
        foreach (ref readonly var series in batch.Series)
        {
            var sample = batch.SamplesOf(series)[0];
            expected.Add(SimulatedSink.ToWire(
                batch, series, sample.TimestampMs == Sample.NoTimestamp ? sample with { TimestampMs = pushedMs } : sample));
        }

        return expected;
    }

    private static void Assert(bool holds)
    {
        if (!holds)
        {
            throw new InvalidOperationException("the simulation itself is wrong");
        }
    }
}
