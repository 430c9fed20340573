using System.Buffers;
using System.Text;
using PushGateway.Exposition;
using PushGateway.Formats;
using PushGateway.Model;

namespace PushGateway.Bench;

/// <summary>The inputs of the benchmarks.</summary>
internal static class Inputs
{
    private const string DataFolder = "PUSHGATEWAY_BENCH_DATA";
    private const string AllTypesFile = "alltypes.237mfs.prom.txt";

    /// <summary>Prometheus' own benchmark input when its folder is given, otherwise a page like it.</summary>
    public static Input AllTypes() => Environment.GetEnvironmentVariable(DataFolder) is { Length: > 0 } folder
        ? Text("alltypes.237mfs", File.ReadAllBytes(Path.Combine(folder, AllTypesFile)))
        : Text("all types, generated", AllTypesPage.Create());

    public static Input NodeExporter() => Text("node_exporter", Pages.NodeExporter(2000));

    public static Input SmallPage() => Text("node_exporter, 100 samples", Pages.NodeExporter(100));

    public static Input LongLabels() => Text("long labels", Pages.LongLabels());

    public static Input Escapes() => Text("escapes", Pages.Escapes());

    /// <summary>The page without its comments.</summary>
    public static Input WithoutMetadata(Input page)
    {
        var lines = Encoding.UTF8.GetString(page.Bodies[0]).Split('\n').Where(line => !line.StartsWith('#'));
        return Text($"{page}, no metadata", Encoding.UTF8.GetBytes(string.Join('\n', lines)));
    }

    public static Input OpenMetrics(Input page) => Rewrite(page, batch => new OpenMetricsWriter(batch, null));

    public static Input Protobuf(Input page) => Rewrite(page, batch => new MetricFamilyWriter(batch, null));

    private static Input Text(string name, byte[] page) => new(name, Batches.Parse(PushFormat.Text, page).Samples.Length, page);

    private static Input Rewrite(Input page, Func<MetricBatch, ExpositionWriter> writer)
    {
        var batch = Batches.Parse(PushFormat.Text, page.Bodies[0]);
        batch.SetTimestamp(default, Sample.NoTimestamp);
        var body = new ArrayBufferWriter<byte>();
        writer(batch).WriteAll(body);
        return new Input(page.ToString(), page.Samples, body.WrittenSpan.ToArray());
    }
}
