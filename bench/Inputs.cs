using System.Globalization;
using System.Text;
using PushGateway.Formats;
using PushGateway.Limits;
using PushGateway.Model;
using PushGateway.Queue;

namespace PushGateway.Bench;

/// <summary>Bodies in the shapes that senders push.</summary>
internal static class Inputs
{
    public const long NowMs = 1_700_000_000_000;

    public static ParseContext Context { get; } = new(PushLimits.Default, NowMs);

    /// <summary>What an IoT rule enqueues: two metrics, two dimensions.</summary>
    public static byte[] Record(int device) => Encoding.UTF8.GetBytes(
        $$$"""{"dimensions":{"device":"device-{{{device}}}","site":"site-{{{device % 50}}}"},"timestamp":{{{NowMs + (device % 1000)}}},"metrics":{"temperature":"{{{20 + (device % 10)}}}.5","humidity":{{{device % 100}}}}}""");

    /// <summary>A page as node_exporter writes it: families with help, a few labels, counters and gauges.</summary>
    public static byte[] Page(int samples)
    {
        var page = new StringBuilder();
        for (var i = 0; i < samples; i++)
        {
            if (i % 16 == 0)
            {
                page.Append(CultureInfo.InvariantCulture, $"# HELP node_family_{i / 16}_seconds_total Seconds the CPUs spent in family {i / 16}.\n");
                page.Append(CultureInfo.InvariantCulture, $"# TYPE node_family_{i / 16}_seconds_total counter\n");
            }

            page.Append(CultureInfo.InvariantCulture, $"node_family_{i / 16}_seconds_total{{cpu=\"{i % 16}\",mode=\"idle\"}} {i * 1234.5}\n");
        }

        return Encoding.UTF8.GetBytes(page.ToString());
    }

    /// <summary>The page as a batch.</summary>
    public static MetricBatch Batch(int samples)
    {
        var batch = new MetricBatch();
        batch.BeginPush();
        return PushParser.TryParse(PushFormat.Text, Page(samples), toGroup: false, batch, Context, out var error)
            ? batch
            : throw new InvalidOperationException(error.Detail);
    }

    public static ReceivedMessage Receive(QueueMessage message) => new("1", message, NowMs);
}
