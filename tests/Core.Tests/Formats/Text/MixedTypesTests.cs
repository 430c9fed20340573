using PushGateway.Buffers;
using PushGateway.Exposition;
using PushGateway.Formats.Text;
using PushGateway.Model;
using PushGateway.Push;
using Xunit;
using ModelSample = PushGateway.Model.Sample;

namespace PushGateway.Core.Tests.Formats.Text;

public sealed class MixedTypesTests
{
    [Fact]
    public void A_family_of_mixed_types_and_one_named_like_its_series_stay_readable()
    {
        var batch = new MetricBatch();
        var sample = new ModelSample(ModelSample.NoTimestamp, 1);
        batch.BeginPush();
        batch.Add("h_bucket", [("le", "+Inf")], [sample], MetricType.Histogram);
        batch.BeginPush();
        batch.Add("h", [("a", "b")], [sample]);
        batch.BeginPush();
        batch.Add("h_bucket", [("a", "c")], [sample]);

        using var text = new PooledBuffer();
        new PrometheusTextWriter(batch, null).WriteAll(text);

        var read = new MetricBatch();
        read.BeginPush();
        var context = new ParseContext(PushLimits.Default, 0);
        Assert.True(PrometheusTextReader.TryRead(text.Written.Span, read, context, out _, out var error), error?.Detail);
        Assert.Equal(3, read.Series.Length);
    }
}
