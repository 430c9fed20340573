using PushGateway.Core.Tests.Formats.Text;
using PushGateway.Formats.Protobuf;
using PushGateway.Model;
using PushGateway.Push;
using Xunit;

namespace PushGateway.Core.Tests.Formats.Protobuf;

/// <summary>Runs the parser on a batch of its own.</summary>
internal static class ProtobufOutcome
{
    public static MetricBatch Parse(ReadOnlySpan<byte> body, long receivedMs = TextOutcome.ReceivedMs)
    {
        var batch = new MetricBatch();
        batch.BeginPush();
        Assert.True(MetricFamilyReader.TryRead(body, batch, new ParseContext(PushLimits.Default, receivedMs), out _, out var error), error?.Detail);
        return batch;
    }

    public static PushError Refuse(ReadOnlySpan<byte> body)
    {
        var batch = new MetricBatch();
        batch.BeginPush();
        Assert.False(MetricFamilyReader.TryRead(body, batch, new ParseContext(PushLimits.Default, TextOutcome.ReceivedMs), out _, out var error));
        return error;
    }
}
