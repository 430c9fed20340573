using PushGateway.Model;
using PushGateway.Wire;

namespace PushGateway.Formats.Protobuf;

/// <summary>Memory of a parse that the next parse reuses. There is one per thread, which works because a parse never awaits.</summary>
internal sealed class MetricFamilyScratch : IDisposable
{
    [ThreadStatic]
    private static MetricFamilyScratch? _ofThread;

    private const int InitialName = 256;
    private const int Initial = 64;

    /// <summary>The labels of the current metric.</summary>
    public Label[] Labels = new Label[Initial];

    /// <summary>
    /// For each symbol of a family's name, the last family with that name. Only names of the current parse are looked up.
    /// </summary>
    public int[] LastNamed = new int[Initial];

    /// <summary>Memory for a series' name that is joined from two parts.</summary>
    public byte[] Name = new byte[InitialName];

    /// <summary>The native fields of the current histogram. <see cref="NativeBuckets.Max"/> bounds its memory.</summary>
    public NativeHistogram Histogram { get; } = new();

    /// <summary>The memory of this thread. Its user disposes it when the parse ends.</summary>
    public static MetricFamilyScratch OfThread() => _ofThread ??= new MetricFamilyScratch();

    /// <summary>Gives memory back that has grown beyond <see cref="ReuseLimit"/>.</summary>
    public void Dispose()
    {
        ReuseLimit.Trim(ref Labels, Initial);
        ReuseLimit.Trim(ref LastNamed, Initial);
        ReuseLimit.Trim(ref Name, InitialName);
    }
}
