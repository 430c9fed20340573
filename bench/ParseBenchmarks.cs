using BenchmarkDotNet.Attributes;
using PushGateway.Formats;
using PushGateway.Model;

namespace PushGateway.Bench;

/// <summary>Parses bodies into the model.</summary>
[MemoryDiagnoser(displayGenColumns: false)]
public class ParseBenchmarks
{
    private readonly MetricBatch _batch = new();

    public static IEnumerable<Input> TextPages() =>
        [Inputs.AllTypes(), Inputs.WithoutMetadata(Inputs.AllTypes()), Inputs.NodeExporter(), Inputs.LongLabels(), Inputs.Escapes()];

    public static IEnumerable<Input> GroupPages() => [Inputs.AllTypes()];

    public static IEnumerable<Input> OpenMetricsPages() => [Inputs.OpenMetrics(Inputs.AllTypes())];

    public static IEnumerable<Input> ProtobufPages() => [Inputs.Protobuf(Inputs.AllTypes())];

    public static IEnumerable<Input> Records() => [IotFleet.Records(1), IotFleet.Array(1000)];

    [Benchmark]
    [ArgumentsSource(nameof(TextPages))]
    public int Text(Input input) => Parse(PushFormat.Text, input);

    [Benchmark]
    [ArgumentsSource(nameof(GroupPages))]
    public int TextToGroup(Input input) => Parse(PushFormat.Text, input, toGroup: true);

    [Benchmark]
    [ArgumentsSource(nameof(OpenMetricsPages))]
    public int OpenMetrics(Input input) => Parse(PushFormat.OpenMetrics, input);

    [Benchmark]
    [ArgumentsSource(nameof(ProtobufPages))]
    public int Protobuf(Input input) => Parse(PushFormat.Protobuf, input);

    [Benchmark]
    [ArgumentsSource(nameof(Records))]
    public int Json(Input input) => Parse(PushFormat.Json, input);

    private int Parse(PushFormat format, Input input, bool toGroup = false)
    {
        _batch.Clear();
        if (toGroup)
        {
            _batch.BeginPush(new Label(_batch.Symbols.Intern("job"u8), _batch.Symbols.Intern("backup"u8)));
        }
        else
        {
            _batch.BeginPush();
        }

        return PushReader.TryRead(format, input.Bodies[0], toGroup, _batch, Batches.Context, out var error)
            && _batch.Samples.Length == input.Samples
            ? input.Samples
            : throw new InvalidOperationException(error?.Detail);
    }
}
