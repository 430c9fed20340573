using PushGateway.Aws.DynamoDb;
using PushGateway.Delivery;
using PushGateway.Push;

namespace PushGateway.Simulation.Aws;

/// <summary>The gateway on AWS: Apis whose clocks differ, a standard queue, and workers that drain it side by side.</summary>
internal sealed class Fleet : IGateway
{
    private readonly Simulation _simulation;
    private readonly FleetOptions _options;
    private readonly Sqs _sqs;
    private readonly (Life Life, PushClock Clock)[] _apis;
    private readonly Life[] _workers;

    public Fleet(Simulation simulation, FleetOptions options)
    {
        (_simulation, _options) = (simulation, options);
        _sqs = new Sqs(simulation.World, simulation.Disk, options);
        _apis = [.. options.Skews.Select(skew =>
        {
            var life = new Life(simulation.World);
            return (life, new PushClock(new SkewedTime(life.Time, skew)));
        })];
        _workers = [.. Enumerable.Range(0, options.Workers).Select(_ => Start())];
    }

    /// <summary>The table that the workers share.</summary>
    public Table Table { get; } = new();

    public void Accept(SimulatedPush push)
    {
        var (life, clock) = _apis[_simulation.World.Random.Next(_apis.Length)];
        life.Run(() => _ = AcceptAsync(push, life, clock));
    }

    public void Kill()
    {
        var worker = _simulation.World.Random.Next(_workers.Length);
        _workers[worker].Kill();
        _simulation.World.After(_simulation.World.Between(5, 500), () => _workers[worker] = Start());
    }

    private async Task AcceptAsync(SimulatedPush push, Life life, PushClock clock)
    {
        push.IsOpen = true;
        if (new Acceptance(_sqs.Capacity).TryAccept(push, clock.Next()))
        {
            await _sqs.SendAsync(life, push);
            push.AnsweredMs = _simulation.World.NowMs;
        }

        push.IsOpen = false;
    }

    private Life Start()
    {
        var life = new Life(_simulation.World);
        var options = new DeliveryOptions
        {
            BatchSize = _options.BatchSize,
            BatchTimeout = TimeSpan.FromMinutes(1),
            OutOfOrderWindow = _options.OutOfOrderWindow,
            Random = _simulation.World.Random,
        };
        var sink = new SimulatedSink(life, _simulation.Network, _simulation.MaxSamplesPerRequest, _simulation.MaxSampleAge);
        var groups = new DynamoGroupStore(
            new DynamoGroupOptions { TableName = "groups", Random = _simulation.World.Random },
            life.Time,
            () => new WorkerTable(Table, life, _simulation.World),
            limits: _options.GroupLimits);
        var handler = new BatchHandler(sink, groups, Acceptance.Limits, options, life.Time, board: groups.Board);
        var queue = new WorkerQueue(_sqs, life, _simulation.World);
        var pump = new DeliveryPump(queue, handler, options, life.Time, _simulation.Observer);
        var sweep = new ExpirySweep(groups, new DirectExpiry(handler, options, life.Time, _simulation.Observer), options, life.Time, _simulation.Observer);
        life.Run(() =>
        {
            _ = pump.RunAsync(CancellationToken.None);
            _ = sweep.RunAsync(CancellationToken.None);
        });
        return life;
    }
}
