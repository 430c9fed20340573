using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Unicode;
using PushGateway.Formats.Prometheus;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Wire;

namespace PushGateway.Formats.Text;

/// <summary>
/// Parses the Prometheus text format 0.0.4. It accepts and refuses the same input as Prometheus' <c>expfmt</c> with legacy name validation,
/// the parser of Pushgateway 1.11, and gives the same reasons. Quoted names are understood, but refused unless they are legacy names.
/// </summary>
/// <remarks>
/// <para>
/// The model is series; expfmt's model is a tree of metrics. What the tree does to histograms and summaries is done here line by line:
/// <c>le</c> and <c>quantile</c> are rewritten in Go's canonical form and removed from <c>_sum</c> and <c>_count</c>, a summary's count
/// loses its fraction, <c>h{le="1"}</c> becomes <c>h_bucket{le="1"}</c>, and a line of a histogram or summary that is neither bucket,
/// quantile, sum nor count is dropped.
/// </para>
/// <para>
/// There are differences from the tree. Nothing is added that was not pushed; expfmt exposes a missing sum, count or <c>+Inf</c> bucket. A
/// series that occurs twice is added twice, in order; in the tree the last <c>_sum</c> and <c>_count</c> win. A timestamp belongs to its
/// line, not to all lines of a histogram or summary. A negative or NaN count of a summary, which is undefined in Go, stays as pushed.
/// </para>
/// <para>
/// There are two paths. The fast path reads sample lines of the usual shape, and reads only what differs from the line before. It leaves
/// every other line to the exact path, which reads all lines as expfmt does, quirks included. Only the exact path reports errors.
/// </para>
/// <para>Families without a sample stay in <see cref="MetricBatch.Families"/>, but no series refers to them.</para>
/// </remarks>
internal ref partial struct PrometheusTextReader
{
    private const int NoFamily = -1;

    private static readonly SearchValues<byte> Whitespace = SearchValues.Create(" \t\n"u8);

    private readonly ReadOnlySpan<byte> _input;
    private readonly MetricBatch _batch;
    private readonly ParseScratch _scratch;
    private readonly long _defaultTimestampMs;
    private readonly int _firstFamily;

    // Label values begin and end at ASCII bytes, so when the whole input is valid UTF-8, every value is.
    private readonly bool _isUtf8;

    private int _position;
    private int _line;
    private PushError? _error;

    // Line of the first sample with a timestamp, or 0.
    private int _timestampLine;

    // Line of the first sample without a name, or 0.
    private int _namelessLine;

    // The family and the name of the last line. As in expfmt they outlive the line: a line that begins with '{' continues them.
    private int _family = NoFamily;
    private int _name;
    private SeriesRole _role;
    private int _labelCount;

    // Canonical symbols of the bounds that were read last; 0 means NaN or none. As in expfmt, only a line that begins in a histogram or
    // summary resets them.
    private int _le;
    private int _quantile;

    // The symbol of the last bound as it was written.
    private int _lastBound;

    // Whether a line that begins with '{' has a metric above it to continue, and whether that metric has no labels.
    private bool _hasMetric;
    private bool _isMetricPlain;

    // The previous line, when the fast path read it. Its labels are still in the scratch memory. Its head ends after the last label's value
    // or, without labels, after the byte that follows the name.
    private int _lastStart;
    private int _lastNameEnd;
    private int _lastHeadEnd;
    private int _lastLabelCount;

    // Symbols of "le" and "quantile", set on first use.
    private int _leName;
    private int _quantileName;

    private PrometheusTextReader(ReadOnlySpan<byte> input, MetricBatch batch, long defaultTimestampMs, ParseScratch scratch)
    {
        _input = input;
        _batch = batch;
        _scratch = scratch;
        _defaultTimestampMs = defaultTimestampMs;
        _firstFamily = batch.Families.Length;
        _isUtf8 = Utf8.IsValid(input);
    }

    private readonly MetricType FamilyType => _family == NoFamily ? MetricType.Unspecified : _batch.Families[_family].Type;

    private readonly ReadOnlySpan<byte> FamilyName => _family == NoFamily ? default : _batch.Symbols[_batch.Families[_family].Name];

    /// <summary>
    /// Appends a body to <paramref name="destination"/>: for each sample line one series with one sample. In the steady state this
    /// allocates nothing. Limits are not checked.
    /// </summary>
    /// <param name="input">The whole body, decompressed.</param>
    /// <param name="destination">The caller has called <see cref="MetricBatch.BeginPush"/>, and rolls back when parsing fails.</param>
    /// <param name="context">Samples without a timestamp get the time of receipt.</param>
    /// <param name="result">What the caller may want to refuse.</param>
    /// <param name="error"><see cref="RejectCode.TextInvalid"/> with expfmt's sentence and line.</param>
    /// <returns>Whether the body is valid.</returns>
    public static bool TryRead(
        ReadOnlySpan<byte> input,
        MetricBatch destination,
        in ParseContext context,
        out TextParseResult result,
        [NotNullWhen(false)] out PushError? error)
    {
        using var scratch = ParseScratch.OfThread();
        var reader = new PrometheusTextReader(input, destination, context.DefaultTimestampMs, scratch);
        var isValid = reader.Run(out error);
        result = new TextParseResult(reader._timestampLine, reader._namelessLine);
        return isValid;
    }

    private bool Run(out PushError? error)
    {
        for (_line = 1; _position < _input.Length; _line++)
        {
            if (!TryReadCommonSample() && !ReadLine())
            {
                error = _error;
                return false;
            }
        }

        error = null;
        return true;
    }

    private static bool IsLabelNameStart(byte unit) => char.IsAsciiLetter((char)unit) || unit == '_';

    private static bool IsMetricNameStart(byte unit) => IsLabelNameStart(unit) || unit == ':';

    // Not inlined: the methods that call it would have to clear memory for its sentence.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Fail(string reason)
    {
        _error = new PushError(RejectCode.TextInvalid, $"text format parsing error in line {_line}: {reason}", _line);
        return false;
    }

    // Finds the family of a legal metric name. A name that belongs to no family creates one.
    private void Resolve(ReadOnlySpan<byte> name)
    {
        // A resolved name keeps its meaning for the rest of the parse.
        if (_family != NoFamily && name.SequenceEqual(_batch.Symbols[_name]))
        {
            return;
        }

        _name = _batch.Symbols.Intern(name);
        _role = SeriesRole.Own;
        var family = _batch.FindFamily(_name);
        if (family < 0 && !TryResolveSuffix(name, out family))
        {
            family = _batch.AddFamily(_name);
            ParseScratch.Reserve(ref _scratch.Typed, family - _firstFamily);
            _scratch.Typed[family - _firstFamily] = false;
        }

        _family = family;
    }

    private bool TryResolveSuffix(ReadOnlySpan<byte> name, out int family)
    {
        var role = SeriesRoles.OfSuffix(name, out var suffix);
        family = NoFamily;
        if (role == SeriesRole.Own)
        {
            return false;
        }

        name = name[..^suffix];
        family = name.SequenceEqual(FamilyName) ? _family : FindFamily(name);
        if (family < 0 || !SeriesRoles.Has(_batch.Families[family].Type, role))
        {
            return false;
        }

        _role = role;
        return true;
    }

    private readonly int FindFamily(ReadOnlySpan<byte> name)
    {
        var symbol = _batch.Symbols.Find(name);
        return symbol < 0 ? NoFamily : _batch.FindFamily(symbol);
    }

    private readonly bool IsTyped(int family) => family < _firstFamily || _scratch.Typed[family - _firstFamily];

    private readonly void SetTyped(int family)
    {
        if (family >= _firstFamily)
        {
            _scratch.Typed[family - _firstFamily] = true;
        }
    }

    // Reads a bound as the symbol of its canonical form, or 0 for NaN. Returns false when it is not a float. A body has few different
    // bounds, and they recur in the same order.
    private bool TryReadBound(ReadOnlySpan<byte> text, out int symbol)
    {
        var next = _lastBound == 0 ? 0 : _scratch.NextBound(_lastBound);
        var written = next != 0 && text.SequenceEqual(_batch.Symbols[next]) ? next : _batch.Symbols.Intern(text);
        if (!_scratch.TryGetBound(written, out symbol))
        {
            if (!TryReadNewBound(text, written, out symbol))
            {
                return false;
            }

            _scratch.SetBound(written, symbol);
        }

        if (written != next && _lastBound != 0)
        {
            _scratch.SetNextBound(_lastBound, written);
        }

        _lastBound = written;
        return true;
    }

    private readonly bool TryReadNewBound(ReadOnlySpan<byte> text, int written, out int symbol)
    {
        symbol = written;
        if (GoFloat.IsSurelyCanonical(text))
        {
            return true;
        }

        if (!GoFloat.TryParse(text, out var bound))
        {
            return false;
        }

        Span<byte> canonical = stackalloc byte[GoFloat.MaxLength];
        symbol = double.IsNaN(bound) ? 0 : _batch.Symbols.Intern(canonical[..GoFloat.Format(bound, canonical)]);
        return true;
    }

    private void AddSeries(MetricType type, long? timestampMs, double value)
    {
        if (timestampMs is not null && _timestampLine == 0)
        {
            _timestampLine = _line;
        }

        var name = _name;
        var bound = default(Label);
        if (SeriesRoles.IsHistogram(type) && _role is SeriesRole.Own or SeriesRole.Bucket)
        {
            if (_le == 0)
            {
                return;
            }

            name = _role == SeriesRole.Bucket ? name : _batch.Symbols.Intern(ParseScratch.Join(ref _scratch.Token, FamilyName, "_bucket"u8));
            bound = new Label(_leName = _leName != 0 ? _leName : _batch.Symbols.Intern("le"u8), _le);
        }
        else if (type == MetricType.Summary && _role == SeriesRole.Own)
        {
            if (_quantile == 0)
            {
                return;
            }

            bound = new Label(_quantileName = _quantileName != 0 ? _quantileName : _batch.Symbols.Intern("quantile"u8), _quantile);
        }
        else if (type == MetricType.Summary && _role == SeriesRole.Count)
        {
            value = TruncateCount(value);
        }

        _batch.BeginSeries(_family, name);
        foreach (ref readonly var label in _scratch.Labels.AsSpan(0, _labelCount))
        {
            if (!label.IsBound)
            {
                _batch.AddLabel(label.Name, label.Value);
            }
        }

        if (bound.Name != 0)
        {
            _batch.AddLabel(bound.Name, bound.Value);
        }

        _batch.AddSample(new Sample(timestampMs is { } written ? Sample.Written(written) : _defaultTimestampMs, value));
        _batch.EndSeries();
    }

    // uint64(value) in the range where Go defines it.
    private static double TruncateCount(double value) => value is > -1 and < GoFloat.EndOfIntegers ? Math.Truncate(value) + 0.0 : value;
}
