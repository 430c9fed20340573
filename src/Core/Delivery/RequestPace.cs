using PushGateway.Sinks;

namespace PushGateway.Delivery;

/// <summary>
/// How many samples go into a request, and how long to wait after one that failed. A request that the target failed on is followed by
/// one of half the samples, at once, so that a single sample on which the target fails is soon found. While the target takes nothing,
/// the waits grow.
/// </summary>
internal sealed class RequestPace(DeliveryOptions options, TimeProvider time)
{
    private int _size = int.MaxValue;
    private TimeSpan _backoff = options.MinBackoff;

    /// <summary>The samples of the next request.</summary>
    public ReadOnlyMemory<SeriesSample> Next(ReadOnlyMemory<SeriesSample> rest) => rest[..Math.Min(rest.Length, _size)];

    /// <summary>A request was delivered.</summary>
    public void Succeeded()
    {
        _size = _size > int.MaxValue / 2 ? int.MaxValue : _size * 2;
        _backoff = options.MinBackoff;
    }

    /// <summary>A request of so many samples was refused.</summary>
    public void Refused(int samples) => _size = Math.Max(1, samples / 2);

    /// <summary>A request of so many samples failed. Completes when the next may be sent.</summary>
    public Task FailedAsync(int samples, in SinkResult result, CancellationToken cancellationToken)
    {
        var wait = options.MinBackoff;
        if (result.ReachedTarget && samples > 1)
        {
            _size = samples / 2;
        }
        else
        {
            wait = _backoff * (0.5 + (options.Random.NextDouble() / 2));
            _backoff = TimeSpan.FromTicks(Math.Min(_backoff.Ticks * 2, options.MaxBackoff.Ticks));
        }

        var asked = result.RetryAfter < options.MaxRetryAfter ? result.RetryAfter.Value : result.RetryAfter is null ? wait : options.MaxRetryAfter;
        return Task.Delay(asked > wait ? asked : wait, time, cancellationToken);
    }
}
