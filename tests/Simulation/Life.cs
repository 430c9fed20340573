namespace PushGateway.Simulation;

/// <summary>One run of the gateway's process. After <see cref="Kill"/> nothing of it ever runs again, wherever it waited.</summary>
internal sealed class Life(World world) : SynchronizationContext
{
    private bool _dead;

    /// <summary>The clock of the process.</summary>
    public TimeProvider Time => field ??= new LifeTime(world, this);

    /// <summary>Ends the process as <c>kill -9</c> does.</summary>
    public void Kill() => _dead = true;

    /// <summary>Runs code of the process, unless it is dead.</summary>
    public void Run(Action action)
    {
        if (_dead)
        {
            return;
        }

        var previous = Current;
        SetSynchronizationContext(this);
        try
        {
            action();
        }
        finally
        {
            SetSynchronizationContext(previous);
        }
    }

    /// <summary>Waits in virtual time.</summary>
    public Task DelayAsync(TimeSpan wait)
    {
        var done = new TaskCompletionSource();
        world.After(wait, () => Signal(done));
        return done.Task;
    }

    /// <summary>Completes a task for which code of the process waits.</summary>
    public void Signal(TaskCompletionSource done)
    {
        if (!_dead)
        {
            done.TrySetResult();
        }
    }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state) => world.Post(this, d, state);

    /// <inheritdoc/>
    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();

    private sealed class LifeTime(World world, Life life) : TimeProvider
    {
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => world.Now + world.ClockError;

        public override long GetTimestamp() => world.NowTicks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new LifeTimer(world, life, () => callback(state), dueTime, period);
    }

    // A callback runs without the context, as on a thread of the timer.
    private sealed class LifeTimer : ITimer
    {
        private readonly World _world;
        private readonly Life _life;
        private readonly Action _callback;
        private int _version;

        public LifeTimer(World world, Life life, Action callback, TimeSpan dueTime, TimeSpan period)
        {
            (_world, _life, _callback) = (world, life, callback);
            Change(dueTime, period);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var version = ++_version;
            if (dueTime >= TimeSpan.Zero)
            {
                _world.After(dueTime, () => Fire(version, period));
            }

            return true;
        }

        public void Dispose() => _version++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }

        private void Fire(int version, TimeSpan period)
        {
            if (version != _version || _life._dead)
            {
                return;
            }

            _callback();
            if (version == _version && period > TimeSpan.Zero)
            {
                _world.After(period, () => Fire(version, period));
            }
        }
    }
}
