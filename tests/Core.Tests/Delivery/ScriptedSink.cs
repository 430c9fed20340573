using PushGateway.Sinks;

namespace PushGateway.Core.Tests.Delivery;

/// <summary>The far side of the network: answers as told, and remembers what it stored.</summary>
internal sealed class ScriptedSink(Func<IReadOnlyList<string>, SinkResult> answer) : IMetricSink
{
    private readonly Lock _lock = new();

    /// <summary>Most samples that a request holds.</summary>
    public int MaxSamples { get; init; } = int.MaxValue;

    public TimeSpan? MaxSampleAge { get; init; }

    public List<string> Stored { get; } = [];

    public int Requests { get; private set; }

    public ValueTask<SentRequest> SendAsync(SampleRange samples, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            Requests++;
            var lines = new List<string>();
            var sent = samples.Samples[..Math.Min(samples.Samples.Length, MaxSamples)];
            foreach (var sample in sent.Span)
            {
                var series = samples.Batch.Series[sample.Series];
                var value = sample.Sample.IsHistogram
                    ? Convert.ToHexStringLower(samples.Batch.Symbols[sample.Sample.Histogram])
                    : $"{sample.Sample.Value}";
                lines.Add($"{samples.Batch.Symbols.GetString(series.Name)} {value} @{sample.Sample.TimestampMs}");
            }

            var result = answer(lines);
            if (result.Status == SinkStatus.Delivered)
            {
                Stored.AddRange(lines);
            }

            return ValueTask.FromResult(new SentRequest(sent.Length, result));
        }
    }
}
