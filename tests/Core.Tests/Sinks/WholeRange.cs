using PushGateway.Sinks;
using Xunit;

namespace PushGateway.Core.Tests.Sinks;

internal static class WholeRange
{
    /// <summary>Sends a range that fits into one request.</summary>
    public static async Task<SinkResult> SendWholeAsync(this IMetricSink sink, SampleRange range, CancellationToken cancellationToken)
    {
        var request = await sink.SendAsync(range, cancellationToken);
        Assert.Equal(range.Samples.Length, request.Samples);
        return request.Result;
    }
}
