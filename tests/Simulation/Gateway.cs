using PushGateway.Delivery;
using PushGateway.Groups;
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

    public Gateway(Simulation simulation)
    {
        (_world, _disk, _observer) = (simulation.World, simulation.Disk, simulation.Observer);
        Life = new Life(_world);
        var groups = new MemoryGroupStore(GroupStoreOptions.Default with { IsOrdered = true }, Life.Time, tracksChanges: true);
        _queue = new SimulatedQueue(_world, Life, _disk, groups, simulation.MaxMessageBytes);
        _clock = new PushClock(Life.Time);
        var options = new DeliveryOptions { GatherTime = TimeSpan.FromMilliseconds(5), Random = _world.Random };
        var sink = new SimulatedSink(Life, simulation.Network, simulation.MaxSamplesPerRequest, simulation.MaxSampleAge);
        var handler = new BatchHandler(sink, groups, Acceptance.Limits, options, Life.Time, _queue);
        var delivery = new OrderedDelivery(_queue, handler, options, Life.Time, _observer);
        var sweep = new ExpirySweep(groups, new QueuedExpiry(_queue), options, Life.Time, _observer);
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
        if (!new Acceptance(_queue.Capacity).TryAccept(push, _clock.Next()))
        {
            push.IsOpen = false;
            return;
        }

        try
        {
            await _queue.EnqueueAsync(push.Messages, storedNs =>
            {
                push.PushTimeNs = storedNs;
                push.ClockNs = (Life.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
                (push.StoredMs, push.Order) = (_world.NowMs, _disk.LastId);
                Acceptance.Expect(push, message => new ReceivedMessage("", message, storedNs / 1_000_000) { StoredNs = storedNs });
            });
        }
        catch (QueueUnavailableException)
        {
            push.IsOpen = false;
            return;
        }

        (push.AnsweredMs, push.IsOpen) = (_world.NowMs, false);
    }
}
