using System.Runtime.InteropServices;
using PushGateway.Queue;

namespace PushGateway.Delivery;

/// <summary>
/// The messages that have left the fast lane, in the order of the queue. It says which may be tried next: one that waits for no older
/// message with a sample of the same series. Safe for concurrent use by one that adds and one that takes.
/// </summary>
internal sealed class HeldMessages(TimeProvider time)
{
    // For each request that tells the samples of a message at fault apart, so many clear the messages that have only been in its company.
    private const int RequestsForOthers = 3;

    private readonly Lock _lock = new();
    private readonly List<HeldMessage> _messages = [];
    private readonly Dictionary<int, int> _series = [];
    private readonly HashSet<int> _olderSeries = [];
    private long _bytes;
    private int _owedToOthers;

    /// <summary>Signalled when messages are added.</summary>
    public WakeUp Added { get; } = new(time);

    /// <summary>Number of messages.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _messages.Count;
            }
        }
    }

    /// <summary>Whether no message is held.</summary>
    public bool IsEmpty => Count == 0;

    /// <summary>Bytes of their bodies.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes;
            }
        }
    }

    /// <summary>Whether a held message has an open sample of the series.</summary>
    public bool Holds(int series)
    {
        lock (_lock)
        {
            return _series.ContainsKey(series);
        }
    }

    /// <summary>Adds messages that are newer than all that are held.</summary>
    public void Add(IReadOnlyList<HeldMessage> messages)
    {
        if (messages.Count == 0)
        {
            return;
        }

        lock (_lock)
        {
            foreach (var message in messages)
            {
                _messages.Add(message);
                _bytes += message.Received.Message.Body.Length;
                CountSeries(message, 1);
            }
        }

        Added.Signal();
    }

    /// <summary>Removes a message that is settled.</summary>
    public void Remove(HeldMessage message)
    {
        lock (_lock)
        {
            _messages.Remove(message);
            _bytes -= message.Received.Message.Body.Length;
            CountSeries(message, -1);
        }
    }

    /// <summary>Notes how many requests were spent on what <see cref="Choose"/> gave.</summary>
    public void Spent(int requests, bool onSuspect)
    {
        lock (_lock)
        {
            _owedToOthers = Math.Max(0, _owedToOthers) + (onSuspect ? requests * RequestsForOthers : -requests);
        }
    }

    /// <summary>Makes suspects of the messages with a sample as old as one that was refused for its age.</summary>
    public void SuspectUntil(long timestampMs)
    {
        lock (_lock)
        {
            foreach (var message in _messages)
            {
                message.IsSuspect |= message.OldestMs <= timestampMs;
            }
        }
    }

    /// <summary>Replaces the series of a message by those that still have open samples.</summary>
    public void Update(HeldMessage message, int[] series)
    {
        lock (_lock)
        {
            CountSeries(message, -1);
            message.Series = series;
            CountSeries(message, 1);
        }
    }

    /// <summary>
    /// Chooses messages to be sent together: the oldest that may be tried, and others that may be tried with it. A suspect stands alone.
    /// </summary>
    /// <param name="chosen">Takes the messages; stays empty when none may be tried now.</param>
    /// <returns>The message that is tried again the soonest, of those that are not to be tried now.</returns>
    public HeldMessage? Choose(List<HeldMessage> chosen)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var suspectFirst = _owedToOthers <= 0;
            HeldMessage? suspect = null;
            HeldMessage? next = null;
            _olderSeries.Clear();
            foreach (var message in CollectionsMarshal.AsSpan(_messages))
            {
                if (message.NotBefore > now || IsBehindOlder(message))
                {
                    next = message.NotBefore > now && !(next?.NotBefore <= message.NotBefore) ? message : next;
                    _olderSeries.UnionWith(message.Series);
                }
                else if (message.IsSuspect)
                {
                    suspect ??= message;
                    _olderSeries.UnionWith(message.Series);
                    if (suspectFirst)
                    {
                        break;
                    }
                }
                else
                {
                    var most = Math.Min(message.Company, chosen.Count == 0 ? int.MaxValue : chosen[0].Company);
                    if (chosen.Count >= most)
                    {
                        break;
                    }

                    chosen.Add(message);
                }
            }

            if (suspect is not null && (suspectFirst || chosen.Count == 0))
            {
                chosen.Clear();
                chosen.Add(suspect);
            }

            return next;
        }
    }

    /// <summary>The messages on which the code has failed.</summary>
    public IReadOnlyList<HeldMessage> Faulty()
    {
        lock (_lock)
        {
            return [.. _messages.Where(message => message.IsFault)];
        }
    }

    /// <summary>The messages that wait for a reason of their own, or were in the company of one that does.</summary>
    public HashSet<ReceivedMessage> Troubled()
    {
        lock (_lock)
        {
            return [.. _messages
                .Where(message => message is { IsSuspect: true } or { IsFault: true } or { FailureReason: not null } or { Company: < int.MaxValue })
                .Select(message => message.Received)];
        }
    }

    /// <summary>Why the message that is tried again the soonest has failed, of those that do not wait for others. Null when there is none.</summary>
    public string? FirstFailure(Func<ReceivedMessage, bool> isWaiting)
    {
        lock (_lock)
        {
            return _messages.Where(message => message.FailureReason is not null && !isWaiting(message.Received))
                .MinBy(message => message.NotBefore)?.FailureReason;
        }
    }

    private bool IsBehindOlder(HeldMessage message)
    {
        foreach (var series in message.Series)
        {
            if (_olderSeries.Contains(series))
            {
                return true;
            }
        }

        return false;
    }

    private void CountSeries(HeldMessage message, int change)
    {
        foreach (var series in message.Series)
        {
            ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_series, series, out _);
            count += change;
            if (count == 0)
            {
                _series.Remove(series);
            }
        }
    }
}
