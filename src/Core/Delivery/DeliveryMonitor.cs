using PushGateway.Telemetry;

namespace PushGateway.Delivery;

/// <summary>
/// Looks every second at how delivery is doing. It records that as metrics, and tells an observer when the target stops taking requests,
/// then again at growing intervals for as long as that lasts, and when the target takes them again.
/// </summary>
/// <param name="delivery">Says how delivery is doing.</param>
/// <param name="observer">Is told what has changed.</param>
/// <param name="time">The clock.</param>
public sealed class DeliveryMonitor(Func<DeliveryState> delivery, DeliveryObserver observer, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstReminder = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestReminder = TimeSpan.FromHours(1);

    private bool _wasUp = true;
    private DateTimeOffset _downSince;
    private long _toldAt;
    private TimeSpan _reminder;

    /// <summary>Runs until <paramref name="stopping"/>.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                TryLook();
            }
            while (await timer.WaitForNextTickAsync(stopping));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
    }

    private void TryLook()
    {
        try
        {
            Look();
        }
#pragma warning disable CA1031 // Whatever it was, the next look may work.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            observer.Faulted(exception);
        }
    }

    /// <summary>Looks once.</summary>
    internal void Look()
    {
        var state = delivery();
        Record(state);
        switch (state.Target)
        {
            case { IsUp: false, Since: var since } when _wasUp:
                (_wasUp, _downSince, _reminder) = (false, since, FirstReminder);
                Tell(state);
                break;
            case { IsUp: false } when time.GetElapsedTime(_toldAt) >= _reminder:
                _reminder = TimeSpan.FromTicks(Math.Min(_reminder.Ticks * 2, LongestReminder.Ticks));
                Tell(state);
                break;
            case { IsUp: true } when !_wasUp:
                _wasUp = true;
                observer.TargetUp(time.GetUtcNow() - _downSince);
                break;
        }
    }

    private static void Record(DeliveryState state)
    {
        if (state.Target is { } target)
        {
            PushTelemetry.TargetIs(target.IsUp);
        }

        if (state.Messages is { } messages)
        {
            PushTelemetry.QueueHolds(messages, state.OldestAge ?? TimeSpan.Zero, state.Quarantined ?? 0);
        }
    }

    private void Tell(DeliveryState state)
    {
        _toldAt = time.GetTimestamp();
        observer.TargetDown(state);
    }
}
