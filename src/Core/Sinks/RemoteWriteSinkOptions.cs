namespace PushGateway.Sinks;

/// <summary>Options of <see cref="RemoteWriteSink"/>.</summary>
public sealed record RemoteWriteSinkOptions
{
    /// <summary>
    /// Default of <see cref="MaxRequestBytes"/>. AMP takes requests of 1 MB. Snappy makes no input longer than by a sixth, so that whatever
    /// the samples, what is sent stays below 1,000,000 bytes, before compression and after it.
    /// </summary>
    public const int DefaultMaxRequestBytes = 850_000;

    /// <summary>Where to post, for example <c>https://…/workspaces/&lt;id&gt;/api/v1/remote_write</c>.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>The age beyond which the target takes no sample; null when it is not known.</summary>
    public TimeSpan? MaxSampleAge { get; init; }

    /// <summary>Time for one request, its answer included.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Largest request in bytes, before compression.</summary>
    public int MaxRequestBytes { get; init; } = DefaultMaxRequestBytes;

    /// <summary>Whether type, help and unit of the metric families go along.</summary>
    public bool SendMetadata { get; init; } = true;
}
