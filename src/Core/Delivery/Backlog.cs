using PushGateway.Queue;

namespace PushGateway.Delivery;

/// <summary>
/// Drains the backlog of an outage oldest first, by any number of workers. A target takes a sample that is late only within its out-of-order
/// window, counted from the newest sample that it has of any series. So while messages wait, nothing is sent that is more than the window
/// younger than the oldest of them. Thread-safe.
/// </summary>
/// <remarks>
/// Nobody can ask SQS for its oldest message. Instead, a worker that gives a message back marks the ten seconds in which the message was queued,
/// until a moment after it will be there again. While there is a backlog, a message that was delivered renews the mark of its ten seconds for
/// a moment: there may be more of them. A mark that nobody renews ends by itself. So nothing waits for a worker that has died, and nothing has
/// to be counted.
/// </remarks>
/// <param name="board">Where other workers see the marks; null: there are no others.</param>
/// <param name="window">The target's out-of-order window. Zero: only messages of the same ten seconds are sent side by side.</param>
/// <param name="time">The clock.</param>
internal sealed class Backlog(IBacklogBoard? board, TimeSpan window, TimeProvider time)
{
    private const long SpanMs = 10_000;

    // How long after its time a message may come again before nobody waits for it any more.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(10);

    // A message that waits for its turn comes again as if the backlog were drained by one window in this time.
    private static readonly TimeSpan TurnTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);

    // Marks are renewed before they end, and read about as often as they are written.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);

    // A mark that is past may be renewed by another worker for a while.
    private static readonly TimeSpan KeptAfter = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan BoardTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastTimeout = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan BoardPause = TimeSpan.FromSeconds(10);

    // A part of the window is left for the differences between clocks.
    private readonly long _stepMs = Math.Max((long)(window.TotalMilliseconds * 5 / 6), SpanMs);
    private readonly Lock _lock = new();
    private readonly Dictionary<long, long> _marks = [];
    private readonly Dictionary<long, long> _shared = [];
    private long _nextRead = long.MinValue;
    private long _pausedUntil = long.MinValue;

    /// <summary>Reads what other workers have marked, if that was not done a moment ago.</summary>
    /// <returns>The time up to which messages have their turn, milliseconds since the Unix epoch.</returns>
    public async ValueTask<long> ReadAsync(CancellationToken cancellationToken)
    {
        if (board is not null && IsTimeToRead())
        {
            await TryAsync(async limit => Merge(await board.ReadAsync(limit)), cancellationToken);
        }

        return LatestMs();
    }

    /// <summary>A message is given back for a while, or is kept for it.</summary>
    public void Mark(ReceivedMessage message, TimeSpan delay)
    {
        lock (_lock)
        {
            var span = message.SentMs - (message.SentMs % SpanMs);
            _marks[span] = Math.Max(_marks.GetValueOrDefault(span), NowMs() + (long)(delay + Slack).TotalMilliseconds);
        }
    }

    /// <summary>Renews every mark. While the target takes nothing, messages wait in the queue for longer than their marks last.</summary>
    public void Hold()
    {
        lock (_lock)
        {
            var untilMs = NowMs() + (long)(Slack * 2).TotalMilliseconds;
            foreach (var (span, until) in _marks)
            {
                _marks[span] = Math.Max(until, untilMs);
            }
        }
    }

    /// <summary>Shows other workers what was marked.</summary>
    public async ValueTask WriteAsync(CancellationToken cancellationToken)
    {
        if (board is not null && Unwritten() is { Count: > 0 } marks)
        {
            var past = Past();
            await TryAsync(
                async limit =>
                {
                    await board.WriteAsync(marks, past, limit);
                    Wrote(marks, past);
                },
                cancellationToken);
        }
    }

    /// <summary>How long a message that is later than its turn stays hidden.</summary>
    public TimeSpan DelayOf(ReceivedMessage message, long latestMs)
    {
        var delay = TurnTime * (1 + ((message.SentMs - latestMs) / _stepMs));
        return delay < LongestDelay ? delay : LongestDelay;
    }

    private long LatestMs()
    {
        lock (_lock)
        {
            var nowMs = NowMs();
            var oldest = long.MaxValue;
            foreach (var (span, until) in _marks)
            {
                if (until <= nowMs)
                {
                    _marks.Remove(span);
                }
                else
                {
                    oldest = Math.Min(oldest, span);
                }
            }

            return oldest == long.MaxValue ? oldest : oldest + _stepMs;
        }
    }

    private Dictionary<long, long> Unwritten()
    {
        lock (_lock)
        {
            return time.GetTimestamp() < _pausedUntil ? [] : _marks
                .Where(mark => mark.Value > _shared.GetValueOrDefault(mark.Key) + Fresh.TotalMilliseconds)
                .ToDictionary();
        }
    }

    private long[] Past()
    {
        lock (_lock)
        {
            var before = NowMs() - (long)KeptAfter.TotalMilliseconds;
            return [.. _shared.Where(mark => mark.Value < before).Select(mark => mark.Key)];
        }
    }

    private void Wrote(Dictionary<long, long> marks, long[] past)
    {
        lock (_lock)
        {
            foreach (var (span, until) in marks)
            {
                _shared[span] = until;
            }

            foreach (var span in past)
            {
                _shared.Remove(span);
            }
        }
    }

    private void Merge(IReadOnlyDictionary<long, long> marks)
    {
        lock (_lock)
        {
            foreach (var (span, until) in marks)
            {
                _shared[span] = until;
                _marks[span] = Math.Max(_marks.GetValueOrDefault(span), until);
            }
        }
    }

    private bool IsTimeToRead()
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            if (now < _nextRead || now < _pausedUntil)
            {
                return false;
            }

            _nextRead = now + Ticks(Fresh);
            return true;
        }
    }

    private async ValueTask TryAsync(Func<CancellationToken, ValueTask> call, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(BoardTimeout, time);
        using var registration = cancellationToken.Register(() => limit.CancelAfter(LastTimeout));
        try
        {
            await call(limit.Token);
        }
#pragma warning disable CA1031 // Whatever it was, the messages must not wait for the board.
        catch (Exception)
#pragma warning restore CA1031
        {
            lock (_lock)
            {
                _pausedUntil = time.GetTimestamp() + Ticks(BoardPause);
            }
        }
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);
}
