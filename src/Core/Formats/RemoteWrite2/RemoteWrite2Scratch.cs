using PushGateway.Model;
using PushGateway.Wire;

namespace PushGateway.Formats.RemoteWrite2;

/// <summary>Memory of a parse that the next parse reuses. There is one per thread, which works because a parse never awaits.</summary>
internal sealed class RemoteWrite2Scratch : IDisposable
{
    [ThreadStatic]
    private static RemoteWrite2Scratch? _ofThread;

    /// <summary>The symbol in the batch for each reference of the request.</summary>
    public List<int> Symbols { get; } = [];

    /// <summary>The labels of the current series, including <c>__name__</c>.</summary>
    public List<Label> Labels { get; } = [];

    /// <summary>The label names of the last valid series.</summary>
    public List<int> Names { get; } = [];

    /// <summary>The current histogram. <see cref="NativeBuckets.Max"/> bounds its memory.</summary>
    public NativeHistogram Histogram { get; } = new();

    /// <summary>The memory of this thread. Its user disposes it when the parse ends.</summary>
    public static RemoteWrite2Scratch OfThread() => _ofThread ??= new RemoteWrite2Scratch();

    /// <summary>Gives memory back that has grown beyond <see cref="ReuseLimit"/>, and clears what the next parse must not see.</summary>
    public void Dispose()
    {
        ReuseLimit.Trim(Symbols);
        ReuseLimit.Trim(Labels);
        ReuseLimit.Trim(Names);
    }
}
