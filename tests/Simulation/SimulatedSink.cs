using System.Text;
using PushGateway.Model;
using PushGateway.Sinks;

namespace PushGateway.Simulation;

/// <summary>A sink whose requests go over the simulated network.</summary>
internal sealed class SimulatedSink(Life life, Network network, int maxSamples, TimeSpan? maxSampleAge) : IMetricSink
{
    public TimeSpan? MaxSampleAge => maxSampleAge;

    public async ValueTask<SentRequest> SendAsync(SampleRange samples, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var count = Math.Min(samples.Samples.Length, maxSamples);
        var request = new List<WireSample>(count);
        foreach (ref readonly var sample in samples.Samples.Span[..count])
        {
            request.Add(ToWire(samples.Batch, samples.Batch.Series[sample.Series], sample.Sample));
        }

        var result = await network.SendAsync(life, request).WaitAsync(cancellationToken);
        return new SentRequest(count, result);
    }

    /// <summary>A sample of a batch as a target gets it.</summary>
    public static WireSample ToWire(MetricBatch batch, in Series series, in Sample sample)
    {
        var name = new StringBuilder(batch.Symbols.GetString(series.Name));
        foreach (var label in batch.LabelsOf(series))
        {
            name.Append(' ').Append(batch.Symbols.GetString(label.Name)).Append('=').Append(batch.Symbols.GetString(label.Value));
        }

        return new WireSample(name.ToString(), sample.TimestampMs, BitConverter.DoubleToInt64Bits(sample.Value));
    }
}
