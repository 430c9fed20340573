namespace PushGateway.Sinks;

/// <summary>Turns samples into request bodies, one at a time, in memory of its own. Not thread-safe.</summary>
internal interface IRequestEncoder
{
    /// <summary>Encodes as many samples as a request may hold, from the first on.</summary>
    /// <param name="range">The samples; at least one.</param>
    /// <param name="maxBytes">Limit of the request in bytes before compression. Only a single sample may exceed it.</param>
    EncodedRequest Encode(SampleRange range, int maxBytes);

    /// <summary>Gives memory back that has grown beyond <see cref="Wire.ReuseLimit"/> and what requests of this size need.</summary>
    /// <param name="maxBytes">As for <see cref="Encode"/>.</param>
    void Trim(int maxBytes);
}
