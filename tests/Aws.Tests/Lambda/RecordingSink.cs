using PushGateway.Sinks;

namespace PushGateway.Aws.Tests.Lambda;

/// <summary>The far side of delivery: answers as told, and remembers the names of what it stored.</summary>
internal sealed class RecordingSink(Func<string, CancellationToken, ValueTask<SinkResult>> answer) : IMetricSink
{
    /// <summary>A sink whose requests hold one sample each.</summary>
    public int MaxRequestBytes => 1;

    public List<string> Stored { get; } = [];

    public async ValueTask<SinkResult> SendAsync(SampleRange samples, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var sample in samples.Samples.ToArray())
        {
            var name = samples.Batch.Symbols.GetString(samples.Batch.Series[sample.Series].Name);
            var result = await answer(name, cancellationToken);
            if (result.Status != SinkStatus.Delivered)
            {
                return result;
            }

            Stored.Add($"{name} {sample.Sample.Value} @{sample.Sample.TimestampMs}");
        }

        return SinkResult.Delivered;
    }
}
