using System.Diagnostics;

namespace PushGateway.Testing;

/// <summary>Waits for a condition, never for a fixed time. This is the only place in the tests that sleeps.</summary>
public static class Poll
{
    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);

    /// <summary>Long enough for a slow, loaded machine. Reaching it is a failure.</summary>
    public static TimeSpan DefaultDeadline { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Observes a value until it satisfies the condition, and returns that value.</summary>
    /// <param name="observe">
    /// Its token is cancelled at the deadline. An exception, including a failed assertion, counts as "not yet".
    /// </param>
    /// <param name="condition">Whether the observed value is the expected one.</param>
    /// <param name="describe">What the test waits for, for the failure message: "the sample to arrive".</param>
    /// <param name="deadline"><see cref="DefaultDeadline"/> when null.</param>
    /// <param name="cancellationToken">Ends the wait with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="TimeoutException">The deadline has passed. The message holds the last observed value.</exception>
    public static async Task<T> UntilAsync<T>(
        Func<CancellationToken, Task<T>> observe,
        Func<T, bool> condition,
        string describe,
        TimeSpan? deadline = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(observe);
        ArgumentNullException.ThrowIfNull(condition);

        var limit = deadline ?? DefaultDeadline;
        var clock = Stopwatch.StartNew();
        using var expiry = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        expiry.CancelAfter(limit);
        var pause = FirstPause;
        var last = "nothing";
        Exception? failure = null;
        for (var attempts = 1; ; attempts++)
        {
            try
            {
                var value = await observe(expiry.Token);
                last = Describe(value);
                failure = null;
                if (condition(value))
                    return value;
            }
            catch (FinalException final)
            {
                throw final.Reason;
            }
            // Any exception may occur while the expected thing is not there yet. The last one is reported.
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                if (!expiry.IsCancellationRequested)
                {
                    failure = exception;
                    last = exception.Message;
                }
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (clock.Elapsed >= limit)
            {
                throw new TimeoutException(
                    $"Waited {limit.TotalSeconds:0.###} s for {describe}, in {attempts} attempts. Last observed: {last}",
                    failure);
            }

            await Task.Delay(pause, cancellationToken);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 3 / 2, LongestPause.Ticks));
        }
    }

    /// <summary>Waits until the condition holds. The first overload describes the parameters.</summary>
    public static Task UntilAsync(
        Func<CancellationToken, Task<bool>> condition,
        string describe,
        TimeSpan? deadline = null,
        CancellationToken cancellationToken = default) =>
        UntilAsync(condition, holds => holds, describe, deadline, cancellationToken);

    /// <summary>Waits until the condition holds. The first overload describes the parameters.</summary>
    public static Task UntilAsync(
        Func<bool> condition,
        string describe,
        TimeSpan? deadline = null,
        CancellationToken cancellationToken = default) =>
        UntilAsync(_ => Task.FromResult(condition()), holds => holds, describe, deadline, cancellationToken);

    static string Describe<T>(T value) => value switch
    {
        null => "null",
        string text => text,
        System.Collections.IEnumerable items => $"[{string.Join(", ", items.Cast<object?>())}]",
        _ => value.ToString() ?? "null",
    };

    /// <summary>An observation throws this to end the wait at once, because more waiting cannot help.</summary>
    internal sealed class FinalException(Exception reason) : Exception(reason.Message, reason)
    {
        internal Exception Reason { get; } = reason;
    }
}
