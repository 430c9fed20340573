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
    private readonly Disk _disk;
    private readonly FaultLog _observer;
    private readonly PushClock _clock;
    private readonly PushLimits _limits = PushLimits.Default;

    public Gateway(Simulation simulation, FaultLog observer)
    {
        (_world, _disk, _observer) = (simulation.World, simulation.Disk, observer);
        Life = new Life(_world);
        var groups = new MemoryGroupStore(GroupStoreOptions.Default with { IsOrdered = true }, Life.Time, tracksChanges: true);
        _queue = new SimulatedQueue(_world, Life, _disk, groups, simulation.MaxMessageBytes);
        _clock = new PushClock(Life.Time);
        var options = new DeliveryOptions { GatherTime = TimeSpan.FromMilliseconds(5), Random = _world.Random };
        var sink = new SimulatedSink(Life, simulation.Network, simulation.MaxSamplesPerRequest, simulation.MaxSampleAge);
        var handler = new BatchHandler(sink, groups, _limits, options, Life.Time, _queue);
        var delivery = new OrderedDelivery(_queue, handler, options, Life.Time, observer);
        var sweep = new ExpirySweep(groups, new QueuedExpiry(_queue), options, Life.Time, observer);
        Life.Run(() =>
        {
            _ = delivery.RunAsync(CancellationToken.None);
            _ = sweep.RunAsync(CancellationToken.None);
        });
    }

    public Life Life { get; }

    /// <summary>Accepts a push as Api does.</summary>
    public void Accept(SimulatedPush push) => Life.Run(() => _ = ReportAsync(AcceptAsync(push)));

    private async Task ReportAsync(Task accepting)
    {
        try
        {
            await accepting;
        }
#pragma warning disable CA1031 // Whatever it was, the run is to fail of it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _observer.Faulted(exception);
        }
    }

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
            if (_limits.Check(batch, default, acceptedNs / 1_000_000) is not null)
            {
                push.IsOpen = false;
                return;
            }

            Encode(new PushHeader(push.Operation, group, acceptedNs) { TimeToLive = push.TimeToLive }, batch, messages);
        }

        push.Messages = messages;
        try
        {
            await _queue.EnqueueAsync(messages, storedNs =>
            {
                push.PushTimeNs = storedNs;
                push.ClockNs = (Life.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
                (push.StoredMs, push.Order) = (_world.NowMs, _disk.LastId);
                push.Expected = Expect(push, group, batch);
                push.Parts = messages.Count == 1 ? [push.Expected] : [.. messages.Select(message => Read(message, storedNs))];
                Assert(push.Expected.ToHashSet().SetEquals(push.Parts.SelectMany(part => part)));
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

        return ToWire(batch, pushedMs);
    }

    private List<WireSample> Read(QueueMessage message, long storedNs)
    {
        var batch = new MetricBatch();
        Assert(PushMessageCodec.TryDecode(new ReceivedMessage("", message, storedNs / 1_000_000) { StoredNs = storedNs }, batch, _limits, out _, out _));
        return ToWire(batch, storedNs / 1_000_000);
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
