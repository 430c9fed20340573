using PushGateway.Sinks;

namespace PushGateway.Delivery;

/// <summary>
/// Whether the target takes what it is sent. It is down when a request has failed and none has been answered for <see cref="Grace"/>, or when
/// none has been answered for <see cref="AnswerGrace"/> although one is under way. A refusal is an answer. Thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class TargetHealth(TimeProvider time)
{
    /// <summary>How long the target may fail before it counts as down. A single failure is retried sooner.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>How long the target may leave a request without an answer before it counts as down.</summary>
    public static readonly TimeSpan AnswerGrace = TimeSpan.FromSeconds(4);

    private readonly Lock _lock = new();
    private readonly List<long> _unanswered = [];
    private long _lastAnswer = long.MinValue;
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
                return DownFor() is { } down
                    ? new TargetState(false, time.GetUtcNow() - down, _reason ?? "there is no answer yet")
                    : new TargetState(true, _upSince, null);
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
            if (result is { Status: SinkStatus.Retry } failure)
            {
                _failingSince ??= sent;
                _reason = failure.Reason;
            }
            else if (result is not null)
            {
                _upSince = DownFor() is null ? _upSince : time.GetUtcNow();
                (_lastAnswer, _failingSince, _reason) = (time.GetTimestamp(), null, null);
            }

            _unanswered.Remove(sent);
        }
    }

    private TimeSpan? DownFor()
    {
        var now = time.GetTimestamp();
        var failing = time.GetElapsedTime(_failingSince ?? now, now);
        var waiting = _unanswered is [var oldest, ..] ? time.GetElapsedTime(Math.Max(oldest, _lastAnswer), now) : TimeSpan.Zero;
        return failing >= Grace || waiting >= AnswerGrace ? TimeSpan.FromTicks(Math.Max(failing.Ticks, waiting.Ticks)) : null;
    }
}
