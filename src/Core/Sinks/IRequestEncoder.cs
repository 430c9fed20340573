namespace PushGateway.Sinks;

/// <summary>Turns samples into request bodies, one at a time, in memory of its own.</summary>
internal interface IRequestEncoder
{
    /// <summary>Why what is sent cannot express some of the samples, so that the target need not be asked; null when it can express all.</summary>
    string? Refuse(SampleRange range) => null;

    /// <summary>Encodes samples unless the request would be larger than <paramref name="maxBytes"/>.</summary>
    /// <param name="range">The samples.</param>
    /// <param name="maxBytes">Limit before compression.</param>
    /// <param name="body">The body as it goes over the wire; valid until the next call.</param>
    bool TryEncode(SampleRange range, int maxBytes, out ReadOnlyMemory<byte> body);
}
