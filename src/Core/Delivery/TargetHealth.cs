using PushGateway.Sinks;

namespace PushGateway.Delivery;

/// <summary>
/// Whether the target takes what it is sent. The target is down when no request has succeeded since one failed, or since one has been
/// without an answer, for <see cref="Grace"/>. A request that the target refuses is a success here: the target answers. Thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class TargetHealth(TimeProvider time)
{
    /// <summary>How long the target may fail before it counts as down. A single failure is retried sooner.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly List<long> _unanswered = [];
    private long? _failingSince;
    private string? _reason;
    private DateTimeOffset _upSince = time.GetUtcNow();

    /// <summary>How it is now.</summary>
    public TargetState State
    {
        get
        {
            lock (_lock)
            {
                var now = time.GetTimestamp();
                var since = Math.Min(_failingSince ?? now, _unanswered is [var oldest, ..] ? oldest : now);
                var failing = time.GetElapsedTime(since, now);
                return failing < Grace
                    ? new TargetState(true, _upSince, null)
                    : new TargetState(false, time.GetUtcNow() - failing, _reason ?? "there is no answer yet");
            }
        }
    }

    /// <summary>A request is sent. What is returned is to be given to <see cref="Ended"/>.</summary>
    internal long Sending()
    {
        var sent = time.GetTimestamp();
        lock (_lock)
        {
            _unanswered.Add(sent);
        }

        return sent;
    }

    /// <summary>A request has ended.</summary>
    /// <param name="sent">What <see cref="Sending"/> returned.</param>
    /// <param name="result">Its result; null when the gateway gave it up.</param>
    internal void Ended(long sent, in SinkResult? result)
    {
        lock (_lock)
        {
            _unanswered.Remove(sent);
            if (result is { Status: SinkStatus.Retry } failure)
            {
                _failingSince ??= sent;
                _reason = failure.Reason;
            }
            else if (result is not null && _failingSince is not null)
            {
                (_failingSince, _reason, _upSince) = (null, null, time.GetUtcNow());
            }
        }
    }
}
