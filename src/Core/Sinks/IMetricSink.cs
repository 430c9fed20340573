namespace PushGateway.Sinks;

/// <summary>Where metrics are delivered. Sending the same samples twice is harmless. Safe for concurrent use.</summary>
public interface IMetricSink
{
    /// <summary>The age beyond which the target takes no sample; null when it is not known.</summary>
    TimeSpan? MaxSampleAge => null;

    /// <summary>
    /// Sends one request with as many of the samples as it may hold, from the first on, and says what became of it. At least one sample is
    /// given, and at least one is sent. The samples are lent for the duration of the call.
    /// </summary>
    /// <exception cref="OperationCanceledException">Of <paramref name="cancellationToken"/>. Every failure is a result.</exception>
    ValueTask<SentRequest> SendAsync(SampleRange samples, CancellationToken cancellationToken);
}
