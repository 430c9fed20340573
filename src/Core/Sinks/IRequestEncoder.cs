namespace PushGateway.Sinks;

/// <summary>Turns samples into request bodies, one at a time, in memory of its own.</summary>
internal interface IRequestEncoder
{
    /// <summary>Size of the request in bytes, before compression.</summary>
    long Measure(SampleRange range);

    /// <summary>The body as it goes over the wire; valid until the next call.</summary>
    ReadOnlyMemory<byte> Encode(SampleRange range);
}
