namespace PushGateway.Sinks;

/// <summary>Where metrics are delivered. Sending the same samples twice is harmless. Safe for concurrent use.</summary>
public interface IMetricSink
{
    /// <summary>Largest request in bytes, before compression.</summary>
    int MaxRequestBytes { get; }

    /// <summary>
    /// Sends one request and says what became of it. The samples are lent for the duration of the call.
    /// Throws only <see cref="OperationCanceledException"/> of <paramref name="cancellationToken"/>: every failure is a result.
    /// </summary>
    ValueTask<SinkResult> SendAsync(SampleRange samples, CancellationToken cancellationToken);
}
