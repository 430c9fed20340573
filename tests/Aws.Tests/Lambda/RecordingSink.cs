using PushGateway.Sinks;

namespace PushGateway.Aws.Tests.Lambda;

/// <summary>The far side of delivery: takes one sample a request, answers as told, and remembers what it stored.</summary>
internal sealed class RecordingSink(Func<string, CancellationToken, ValueTask<SinkResult>> answer) : IMetricSink
{
    public List<string> Stored { get; } = [];

    public async ValueTask<SentRequest> SendAsync(SampleRange samples, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var sample = samples.Samples.Span[0];
        var name = samples.Batch.Symbols.GetString(samples.Batch.Series[sample.Series].Name);
        var result = await answer(name, cancellationToken);
        if (result.Status == SinkStatus.Delivered)
        {
            Stored.Add($"{name} {sample.Sample.Value} @{sample.Sample.TimestampMs}");
        }

        return new SentRequest(1, result);
    }
}
