using PushGateway.Groups;
using PushGateway.Queue;
using PushGateway.Simulation.Targets;

namespace PushGateway.Simulation;

/// <summary>A gateway, its clients, its target and what goes wrong between them.</summary>
internal sealed class Simulation
{
    private const int DefaultMessageBytes = 1024 * 1024;

    private readonly List<SimulatedPush> _pushes = [];
    private readonly IGateway _gateway;
    private double _lastValue;

    public Simulation(
        int seed,
        Target target,
        int maxSamplesPerRequest = 500,
        TimeSpan? maxSampleAge = null,
        int maxMessageBytes = DefaultMessageBytes,
        Func<Simulation, IGateway>? start = null)
    {
        World = new World(seed);
        Target = target;
        MaxSamplesPerRequest = maxSamplesPerRequest;
        MaxSampleAge = maxSampleAge;
        MaxMessageBytes = maxMessageBytes;
        Network = new Network(World, target);
        _gateway = start?.Invoke(this) ?? new OneMachine(this);
    }

    public World World { get; }

    public Target Target { get; }

    public Network Network { get; }

    public Disk Disk { get; } = new();

    /// <summary>Takes what delivery reports.</summary>
    public FaultLog Observer { get; } = new();

    public int MaxSamplesPerRequest { get; }

    /// <summary>The age beyond which the gateway sends nothing; null when it does not know one.</summary>
    public TimeSpan? MaxSampleAge { get; }

    /// <summary>The size beyond which a push is cut into several messages.</summary>
    public int MaxMessageBytes { get; }

    public IReadOnlyList<SimulatedPush> Pushes => _pushes;

    /// <summary>A value that no other sample has.</summary>
    public double NextValue() => ++_lastValue;

    public void Push(SimulatedPush push)
    {
        _pushes.Add(push);
        _gateway.Accept(push);
    }

    /// <summary>Kills a process of the gateway, and starts the next one a moment later.</summary>
    public void Kill() => _gateway.Kill();

    /// <summary>A client that pushes again and again, from now until a time from now. It waits for each answer.</summary>
    public void PushEvery(double minMs, double maxMs, TimeSpan duration, Func<SimulatedPush> next)
    {
        SimulatedPush? last = null;
        Every(minMs, maxMs, duration, () =>
        {
            if (last is not { IsOpen: true })
            {
                Push(last = next());
            }
        });
    }

    /// <summary>Repeats an action with a pause between, from now until a time from now.</summary>
    public void Every(double minMs, double maxMs, TimeSpan duration, Action action)
    {
        var end = World.NowTicks + duration.Ticks;
        Again();

        void Again() => World.After(World.Between(minMs, maxMs), () =>
        {
            if (World.NowTicks < end)
            {
                action();
                Again();
            }
        });
    }

    /// <summary>Runs for a time, then lets everything come to its end, and says what does not hold.</summary>
    public IReadOnlyList<string> Run(TimeSpan duration, TimeSpan toEnd)
    {
        World.RunUntil(() => false, duration);
        Network.Failing = null;
        Network.CutAnswers = 0;
        Network.Poison = null;
        Disk.IsFull = false;
        World.RunUntil(() => false, TimeSpan.FromMinutes(1));
        World.RunUntil(() => Disk.Messages.Count == 0, toEnd);
        var drainedMs = World.NowMs;

        // A group may expire with the last push that comes.
        World.RunUntil(() => false, TimeSpan.FromMinutes(2));
        if (Observer.Faults.Find(fault => fault is not QueueUnavailableException and not GroupStoreUnavailableException) is { } fault)
        {
            return [$"delivery reported {fault}"];
        }

        return [.. Check().Violations(drainedMs)];
    }

    public Promise Check() => new(World, Target, Network, Disk, _pushes, MaxSampleAge);
}
