using PushGateway.Delivery;
using PushGateway.Formats;
using PushGateway.Model;
using PushGateway.Push;

namespace PushGateway.Bench;

/// <summary>Parses bodies into batches.</summary>
internal static class Batches
{
    /// <summary>The push time of everything.</summary>
    public const long NowMs = 1_700_000_000_000;

    public static ParseContext Context { get; } = new(PushLimits.Default, NowMs);

    public static PushHeader Header { get; } = new(PushOperation.Append, null, NowMs * 1_000_000);

    public static MetricBatch Parse(PushFormat format, byte[] body)
    {
        var batch = new MetricBatch();
        Append(format, body, batch);
        return batch;
    }

    /// <summary>Parses every body as a message of its own, in the form that delivery has after decoding.</summary>
    public static (MetricBatch Batch, DecodedMessage[] Messages) Decode(PushFormat format, Input input)
    {
        var batch = new MetricBatch();
        var messages = input.Bodies.Select(body =>
        {
            var start = batch.Mark;
            Append(format, body, batch);
            return new DecodedMessage(Header, start, batch.Mark);
        });
        return (batch, [.. messages]);
    }

    private static void Append(PushFormat format, byte[] body, MetricBatch batch)
    {
        batch.BeginPush();
        if (!PushReader.TryRead(format, body, toGroup: false, batch, Context, out var error))
        {
            throw new ArgumentException($"{error.Code}: {error.Detail}");
        }
    }
}
