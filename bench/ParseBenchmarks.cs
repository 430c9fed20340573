using System.Text;
using BenchmarkDotNet.Attributes;
using PushGateway.Formats;
using PushGateway.Model;

namespace PushGateway.Bench;

/// <summary>Bytes to model.</summary>
[MemoryDiagnoser]
public class ParseBenchmarks
{
    private readonly MetricBatch _batch = new();
    private readonly byte[] _page = Inputs.Page(2000);
    private readonly byte[] _longLabels = Encoding.UTF8.GetBytes(
        string.Concat(Enumerable.Range(0, 200).Select(i => $"m{{path=\"/{new string('x', 1000)}/{i}\"}} {i}\n")));

    private readonly byte[] _escapes = Encoding.UTF8.GetBytes(
        string.Concat(Enumerable.Range(0, 2000).Select(i => $"m{{path=\"C:\\\\dir\\\\{i}\\n\\\"quoted\\\"\"}} {i}\n")));

    private readonly byte[] _record = Inputs.Record(1);

    [Benchmark]
    public int TextPage() => Parse(PushFormat.Text, _page);

    [Benchmark]
    public int TextPageToGroup() => Parse(PushFormat.Text, _page, "backup");

    [Benchmark]
    public int TextLongLabels() => Parse(PushFormat.Text, _longLabels);

    [Benchmark]
    public int TextEscapes() => Parse(PushFormat.Text, _escapes);

    [Benchmark]
    public int JsonRecord() => Parse(PushFormat.Json, _record);

    private int Parse(PushFormat format, byte[] body, string? job = null)
    {
        _batch.Clear();
        _batch.BeginPush(job is null ? [] : [new Label(_batch.Symbols.Intern("job"), _batch.Symbols.Intern(job))]);
        return PushParser.TryParse(format, body, job is not null, _batch, Inputs.Context, out _) ? _batch.Samples.Length : throw new InvalidOperationException();
    }
}
