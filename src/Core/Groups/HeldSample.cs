using PushGateway.Model;

namespace PushGateway.Groups;

/// <summary>A sample outside a batch, where a symbol means nothing: with the bytes of its histogram.</summary>
internal readonly ref struct HeldSample(Sample sample, ReadOnlySpan<byte> histogram)
{
    /// <summary>Takes a sample out of the batch of these symbols.</summary>
    public HeldSample(in Sample sample, SymbolTable symbols)
        : this(sample with { Histogram = 0 }, symbols[sample.Histogram])
    {
    }

    /// <summary>The sample, without its histogram.</summary>
    public Sample Sample { get; } = sample;

    /// <summary>A <see cref="NativeHistogram"/>'s bytes; empty with a float.</summary>
    public ReadOnlySpan<byte> Histogram { get; } = histogram;

    /// <summary>The sample in a batch of these symbols.</summary>
    public Sample In(SymbolTable symbols) => Sample with { Histogram = symbols.Intern(Histogram) };
}
