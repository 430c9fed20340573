using System.Diagnostics.Metrics;
using Microsoft.Extensions.Time.Testing;
using PushGateway.Aws.Lambda.Metrics;
using PushGateway.Testing;

namespace PushGateway.Aws.Tests.Lambda.Metrics;

/// <summary>A meter of the test's own, and what is written of it.</summary>
internal sealed class TestMeter : IDisposable
{
    private readonly StringWriter _output = new() { NewLine = "\n" };
    private readonly EmbeddedMetrics _metrics;

    public TestMeter()
    {
        Meter = new Meter($"test-{Guid.NewGuid()}");
        _metrics = new EmbeddedMetrics(Meter.Name, "My Space", "tested", _output, Time);
    }

    public Meter Meter { get; }

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.FromUnixTimeMilliseconds(1574109732004));

    /// <summary>Everything that was written, line by line.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            var text = _output.ToString();
            return text.Length == 0 ? [] : text[..^1].Split('\n');
        }
    }

    /// <summary>What CloudWatch publishes of it.</summary>
    public IReadOnlyList<EmbeddedMetric> Published => [.. Lines.SelectMany(EmbeddedMetricFormat.Read)];

    public Counter<long> Counter(string name) => Meter.CreateCounter<long>(name, "{push}");

    public Histogram<double> Histogram(string name) => Meter.CreateHistogram<double>(name, "s");

    public static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    public void Write() => _metrics.Write();

    /// <summary>Ends the writing; the meter goes on.</summary>
    public void End() => _metrics.Dispose();

    public void Dispose()
    {
        _metrics.Dispose();
        Meter.Dispose();
        _output.Dispose();
    }
}
