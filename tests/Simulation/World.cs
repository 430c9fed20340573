using PushGateway.Push;

namespace PushGateway.Simulation;

/// <summary>
/// Virtual time and everything that waits for it. One thread runs all of it, and one seed decides every choice, so a run can be repeated.
/// </summary>
internal sealed class World(int seed)
{
    private static readonly TimeSpan LongestLead = TimeSpan.FromTicks(PushClock.MaxLeadNs / TimeSpan.NanosecondsPerTick);
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PriorityQueue<Action, (long DueTicks, long Order)> _events = new();
    private readonly List<(Life Life, SendOrPostCallback Callback, object? State)> _ready = [];
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private long _order;

    /// <summary>Decides whatever is left to chance.</summary>
    public Random Random { get; } = new(seed);

    /// <summary>Time since the start, in ticks. It never goes back.</summary>
    public long NowTicks { get; private set; }

    /// <summary>How far the wall clock of the gateway's machine is wrong. It steps when this is set.</summary>
    public TimeSpan ClockError
    {
        get;
        set
        {
            LeaptBackMs = field - value > LongestLead ? NowMs : LeaptBackMs;
            field = value;
            HasStepped = true;
            MaxClockError = value > MaxClockError ? value : MaxClockError;
        }
    }

    /// <summary>Whether the wall clock has ever stepped.</summary>
    public bool HasStepped { get; private set; }

    /// <summary>When the wall clock last stepped back by more than a push time may lead it, in true milliseconds; 0 when it never did.</summary>
    public long LeaptBackMs { get; private set; }

    /// <summary>The furthest that the wall clock was ever ahead.</summary>
    public TimeSpan MaxClockError { get; private set; }

    /// <summary>The true time.</summary>
    public DateTimeOffset Now => Start + TimeSpan.FromTicks(NowTicks);

    /// <summary>The true time in milliseconds since the Unix epoch.</summary>
    public long NowMs => Now.ToUnixTimeMilliseconds();

    /// <summary>A wait between two bounds, in ticks of a microsecond at least.</summary>
    public TimeSpan Between(double minMs, double maxMs) => TimeSpan.FromMilliseconds(minMs + (Random.NextDouble() * (maxMs - minMs)));

    /// <summary>Does something later.</summary>
    public void After(TimeSpan wait, Action action)
    {
        CheckThread();
        _events.Enqueue(action, (NowTicks + Math.Max(0, wait.Ticks), _order++));
    }

    /// <summary>Runs until something holds, nothing is left to do, or the time is up. Returns whether it held.</summary>
    public bool RunUntil(Func<bool> done, TimeSpan limit)
    {
        var end = NowTicks + limit.Ticks;
        while (!done())
        {
            if (_ready.Count > 0)
            {
                RunOneOfReady();
            }
            else if (_events.TryPeek(out _, out var next) && next.DueTicks <= end)
            {
                NowTicks = Math.Max(NowTicks, next.DueTicks);
                _events.Dequeue()();
            }
            else
            {
                NowTicks = end;
                return done();
            }
        }

        return true;
    }

    internal void Post(Life life, SendOrPostCallback callback, object? state)
    {
        CheckThread();
        _ready.Add((life, callback, state));
    }

    // Code that leaves its context runs on another thread, and the run cannot be repeated.
    private void CheckThread()
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            Environment.FailFast($"The simulation has left its thread: {Environment.StackTrace}");
        }
    }

    private void RunOneOfReady()
    {
        var index = Random.Next(_ready.Count);
        var (life, callback, state) = _ready[index];
        _ready.RemoveAt(index);
        life.Run(() => callback(state));
    }
}
