namespace PushGateway.Delivery;

/// <summary>
/// What refusals teach about messages that are yet to be sent. A message under suspicion is sent beside the others and not with them, so
/// that a sender of bad samples costs the others no request. Nothing is refused on suspicion. Safe for concurrent use.
/// </summary>
internal sealed class Suspicion(TimeProvider time)
{
    // A target that refuses samples for their age takes those of a few minutes.
    private const long MinHorizonMs = 10 * 60 * 1000;
    private const int MaxSeries = 100_000;

    private static readonly TimeSpan Probation = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<int, long> _series = [];
    private readonly Queue<(int Series, long Since)> _bySince = new();
    private long _horizonMs = long.MaxValue;

    /// <summary>Whether there is anything to suspect.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_lock)
            {
                return _series.Count == 0 && _horizonMs == long.MaxValue;
            }
        }
    }

    /// <summary>Whether a sample of the series and of this age, in milliseconds, may well be refused.</summary>
    public bool Suspects(int series, long ageMs)
    {
        lock (_lock)
        {
            Forget();
            return ageMs >= _horizonMs || _series.ContainsKey(series);
        }
    }

    /// <summary>Age in milliseconds from which samples are suspected.</summary>
    public long HorizonMs
    {
        get
        {
            lock (_lock)
            {
                return _horizonMs;
            }
        }
    }

    /// <summary>A sample was refused alone.</summary>
    /// <param name="series">Hash of its series.</param>
    /// <param name="ageMs">Its age in milliseconds.</param>
    /// <param name="forItsAge">Whether its age can be the reason.</param>
    public void Refused(int series, long ageMs, bool forItsAge)
    {
        lock (_lock)
        {
            Forget();
            if (_series.Count < MaxSeries && _series.TryAdd(series, time.GetTimestamp()))
            {
                _bySince.Enqueue((series, time.GetTimestamp()));
            }

            if (forItsAge && ageMs / 2 >= MinHorizonMs)
            {
                _horizonMs = Math.Min(_horizonMs, ageMs / 2);
            }
        }
    }

    /// <summary>A sample of this age, in milliseconds, was taken.</summary>
    public void Taken(long ageMs)
    {
        lock (_lock)
        {
            if (ageMs >= _horizonMs)
            {
                _horizonMs = ageMs + 1;
            }
        }
    }

    private void Forget()
    {
        while (_bySince.TryPeek(out var oldest) && time.GetElapsedTime(oldest.Since) > Probation)
        {
            _bySince.Dequeue();
            _series.Remove(oldest.Series);
        }
    }
}
