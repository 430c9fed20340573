using System.Diagnostics.Metrics;
using System.Text;
using PushGateway.Buffers;

namespace PushGateway.Aws.Lambda.Metrics;

/// <summary>
/// Writes what the counters and histograms of a meter measure, as log lines from which CloudWatch makes metrics. Measurements may come from
/// any thread. <see cref="Write"/> and <see cref="Dispose"/> must not run at the same time. A measurement taken while lines are written is
/// in those lines or in the next ones.
/// </summary>
internal sealed class EmbeddedMetrics : IDisposable
{
    // The specification's limit for one directive. No line has more, so no directive has more.
    private const int MaxMetrics = 100;

    private readonly TextWriter _output;
    private readonly TimeProvider _time;
    private readonly PooledBuffer _buffer = new();
    private readonly EmbeddedMetricWriter _writer;
    private readonly MeterListener _listener = new();
    private readonly Lock _lock = new();
    private readonly List<MeasuredInstrument> _instruments = [];
    private readonly List<MeasuredSeries> _line = [];
    private char[] _text = [];

    /// <summary>Creates the writer, which listens from then on.</summary>
    /// <param name="meter">The meter's name.</param>
    /// <param name="metricsNamespace">CloudWatch's namespace.</param>
    /// <param name="service">The value of the dimension <c>service</c>, which every metric has.</param>
    /// <param name="output">Receives whole lines, with one call per <see cref="Write"/>. It is not disposed.</param>
    /// <param name="time">Gives the timestamp of a line: the time of writing.</param>
    public EmbeddedMetrics(string meter, string metricsNamespace, string service, TextWriter output, TimeProvider time)
    {
        _output = output;
        _time = time;
        _writer = new EmbeddedMetricWriter(_buffer, metricsNamespace, service);
        _listener.InstrumentPublished = (instrument, _) => Listen(instrument, meter);
        _listener.SetMeasurementEventCallback<long>(Add);
        _listener.SetMeasurementEventCallback<double>(Record);
        _listener.Start();
    }

    /// <summary>Writes what was measured since the last call, if anything was.</summary>
    public void Write()
    {
        lock (_lock)
        {
            TakeLines();
        }

        var bytes = _buffer.Written.Span;
        if (_text.Length < bytes.Length)
        {
            _text = new char[bytes.Length];
        }

        // Console.Out takes text, not bytes. Log lines go through it, too. One call writes whole lines, so they do not mix.
        var length = Encoding.UTF8.GetChars(bytes, _text);
        _buffer.Reset();
        if (length > 0)
        {
            _output.Write(_text, 0, length);
            _output.Flush();
        }
    }

    /// <summary>Writes what is left and stops listening.</summary>
    public void Dispose()
    {
        _listener.Dispose();
        Write();
        _writer.Dispose();
        _buffer.Dispose();
    }

    private void Listen(Instrument instrument, string meter)
    {
        if (instrument.Meter.Name != meter || instrument is not (Counter<long> or Histogram<double>))
        {
            return;
        }

        var measured = new MeasuredInstrument(instrument);
        lock (_lock)
        {
            _instruments.Add(measured);
        }

        _listener.EnableMeasurementEvents(instrument, measured);
    }

    private void Add(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? measured)
    {
        lock (_lock)
        {
            ((MeasuredInstrument)measured!).Series(tags).Add(value);
        }
    }

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? measured)
    {
        lock (_lock)
        {
            ((MeasuredInstrument)measured!).Series(tags).Record(value);
        }
    }

    private void TakeLines()
    {
        while (NextLine())
        {
            _writer.WriteLine(_line, _time.GetUtcNow().ToUnixTimeMilliseconds());
        }
    }

    private bool NextLine()
    {
        _line.Clear();
        foreach (var instrument in _instruments)
        {
            if (_line.Count < MaxMetrics && instrument.Pending(_line) is { } series)
            {
                _line.Add(series);
            }
        }

        return _line.Count > 0;
    }
}
