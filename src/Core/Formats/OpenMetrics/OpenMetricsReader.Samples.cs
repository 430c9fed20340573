using System.Runtime.InteropServices;
using System.Text;
using PushGateway.Formats.Prometheus;
using PushGateway.Model;
using PushGateway.Wire;

namespace PushGateway.Formats.OpenMetrics;

/// <content>Samples: the rules of each metric type, and the order of samples.</content>
internal ref partial struct OpenMetricsReader
{
    private const int NoGroup = 0;

    // Up to this many seconds, a double and a long can hold the milliseconds exactly.
    private const double MaxSeconds = 9_007_199_254_740;

    // "The combined length of the label names and values of an Exemplar's LabelSet MUST NOT exceed 128 UTF-8 character code points."
    private const int MaxExemplarCharacters = 128;

    // The first word of a key. It keeps the keys of metrics apart from the keys of a point's quantiles and states.
    private const int MetricKey = 0;
    private const int MemberKey = 1;

    // sample = metricname [labels] SP number [SP timestamp] [exemplar]
    private bool ReadSample(ReadOnlySpan<byte> line)
    {
        var length = line.IndexOfAnyExcept(NameAlphabet.Metric.Bytes);
        var name = length < 0 ? line : line[..length];
        if (name.IsEmpty || char.IsAsciiDigit((char)name[0]) || (length >= 0 && line[length] is not ((byte)' ' or (byte)'{')))
        {
            return Fail("invalid metric name");
        }

        if (!TryResolve(name, out var role))
        {
            return false;
        }

        line = line[name.Length..];
        _labelCount = 0;
        if (line.StartsWith("{"u8) && !TryReadLabels(ref line, _batch.Symbols, out _labelCount))
        {
            return false;
        }

        if (!TryReadNumber(ref line, "value", out var value) || !TryReadTimestamp(ref line, out var seconds))
        {
            return false;
        }

        if (!TryFindBound(role, out var bound, out var boundValue) || !CheckValue(role, value)
            || !EnterPoint(bound, seconds) || !AddToPoint(role, bound, boundValue, value))
        {
            return false;
        }

        if (!_isPointDropped)
        {
            AddSeries(name, role, value, seconds);
        }

        return line.IsEmpty || ReadExemplar(line, role);
    }

    private bool TryResolve(ReadOnlySpan<byte> name, out OpenMetricsRole role)
    {
        role = OpenMetricsRole.Own;
        var isNamed = _familyOrdinal > 0 && name.StartsWith(_family);
        if (!isNamed || !OpenMetricsType.TryGetRole(_type, name[_family.Length..], out role))
        {
            if (isNamed && name.Length == _family.Length)
            {
                return Fail($"a {Encoding.UTF8.GetString(OpenMetricsType.Word(_type))} has no sample without a suffix, as {GoQuote.Quote(name)}");
            }

            if (!BeginFamily(name))
            {
                return false;
            }
        }

        if (!_hasSamples && !SettleFamily())
        {
            return false;
        }

        _hasSamples = true;
        return true;
    }

    // Finds the label that distinguishes the samples of one point: le, quantile, or the state.
    private bool TryFindBound(OpenMetricsRole role, out Label bound, out double value)
    {
        value = 0;
        bound = default;
        var name = role == OpenMetricsRole.Bucket ? "le"u8
            : role != OpenMetricsRole.Own ? default
            : _type == MetricType.Summary ? "quantile"u8
            : _type == MetricType.StateSet ? _family
            : default;
        foreach (var label in _scratch.Labels.AsSpan(0, _labelCount))
        {
            var labelName = _batch.Symbols[label.Name];
            if (labelName.SequenceEqual("__name__"u8))
            {
                return Fail("label name \"__name__\" is reserved");
            }

            bound = !name.IsEmpty && labelName.SequenceEqual(name) ? label : bound;
        }

        if (name.IsEmpty)
        {
            return true;
        }

        if (bound.Name == 0)
        {
            return Fail($"label {GoQuote.Quote(name)} is missing");
        }

        return _type == MetricType.StateSet || TryReadBound(role, _batch.Symbols[bound.Value], out value);
    }

    private bool TryReadBound(OpenMetricsRole role, ReadOnlySpan<byte> text, out double bound)
    {
        if (!GoFloat.TryParse(text, out bound) || double.IsNaN(bound))
        {
            return Fail($"{(role == OpenMetricsRole.Bucket ? "le" : "quantile")} is not a number: {GoQuote.Quote(text)}");
        }

        if (role == OpenMetricsRole.Own)
        {
            return bound is >= 0 and <= 1 || Fail($"quantile is not between 0 and 1: {GoQuote.Quote(text)}");
        }

        // "Exposers MUST produce output for positive infinity as +Inf."
        return !double.IsPositiveInfinity(bound) || text.SequenceEqual("+Inf"u8) || Fail($"le is not \"+Inf\": {GoQuote.Quote(text)}");
    }

    private bool CheckValue(OpenMetricsRole role, double value)
    {
        switch (role)
        {
            case OpenMetricsRole.Own when _type == MetricType.StateSet:
                return value is 0 or 1 || Fail("the value of a state is neither 0 nor 1");
            case OpenMetricsRole.Own when _type == MetricType.Summary:
                return !(value < 0) || Fail("the value of a quantile is negative");
            case OpenMetricsRole.Own or OpenMetricsRole.Created:
                return true;
            case OpenMetricsRole.Info:
                return value == 1 || Fail("the value of an info is not 1");
            case OpenMetricsRole.Bucket or OpenMetricsRole.Count or OpenMetricsRole.GaugeCount when !double.IsInteger(value):
                return Fail("the value of a bucket or count is not an integer");
        }

        if (double.IsNaN(value))
        {
            return Fail("the value of a counter, sum or count is NaN");
        }

        return value >= 0 || role == OpenMetricsRole.GaugeSum || Fail("the value of a counter, sum or count is negative");
    }

    // "Metrics MUST NOT be interleaved." "MetricPoints MUST NOT be interleaved."
    private bool EnterPoint(Label bound, double? seconds)
    {
        var known = _scratch.Seen.Count;
        var group = _scratch.Seen.Intern(MetricKeyOf(bound));
        var isSame = group == _group;
        if (isSame && seconds == _pointSeconds)
        {
            _pointLine = _line;
            return true;
        }

        if (!EndPoint())
        {
            return false;
        }

        if (!isSame && group < known)
        {
            return Fail("a metric continues after another one");
        }

        if (isSame && seconds.HasValue != _pointSeconds.HasValue)
        {
            return Fail("a metric has samples with and without timestamps");
        }

        if (isSame && seconds < _pointSeconds)
        {
            return Fail("the timestamps of a metric go backwards");
        }

        _isPointDropped = isSame && ToMilliseconds(seconds!.Value) == ToMilliseconds(_pointSeconds!.Value);
        _group = group;
        _point = default;
        _pointOrdinal++;
        _pointSeconds = seconds;
        _pointLine = _line;
        return true;
    }

    private bool EndPoint() =>
        _group == NoGroup
        || !SeriesRoles.IsHistogram(_type)
        || _point.CheckHistogram() is not { } reason
        || FailAt(_pointLine, $"metric {GoQuote.Quote(_family)}: {reason}");

    private bool AddToPoint(OpenMetricsRole role, Label bound, double boundValue, double value)
    {
        if (role == OpenMetricsRole.Bucket)
        {
            return _point.AddBucket(boundValue, value) is not { } reason || Fail(reason);
        }

        if (bound.Name == 0)
        {
            return _point.TryAdd(role, value) || Fail("a sample stands twice");
        }

        var known = _scratch.Seen.Count;
        var key = _scratch.Key;
        (key[0], key[1], key[2]) = (MemberKey, _pointOrdinal, bound.Value);
        return _scratch.Seen.Intern(MemoryMarshal.AsBytes(key.AsSpan(0, 3))) >= known || Fail("a sample stands twice");
    }

    private readonly ReadOnlySpan<byte> MetricKeyOf(Label bound)
    {
        var written = 2;
        ParseScratch.Reserve(ref _scratch.Key, written + (2 * _labelCount));
        var key = _scratch.Key;
        (key[0], key[1]) = (MetricKey, _familyOrdinal);
        foreach (var label in _scratch.Labels.AsSpan(0, _labelCount))
        {
            if (label.Value != 0 && label.Name != bound.Name)
            {
                (key[written], key[written + 1]) = (label.Name, label.Value);
                written += 2;
            }
        }

        return MemoryMarshal.AsBytes(key.AsSpan(0, written));
    }

    private void AddSeries(ReadOnlySpan<byte> name, OpenMetricsRole role, double value, double? seconds)
    {
        if (seconds is not null && _timestampLine == 0)
        {
            _timestampLine = _line;
        }

        var seriesName = _scratch.SeriesNames[(int)role];
        if (seriesName == 0)
        {
            seriesName = _batch.Symbols.Intern(name);
            _scratch.SeriesNames[(int)role] = seriesName;
            _scratch.Families[(int)role] = FamilyOf(role, seriesName);
        }

        _batch.BeginSeries(_scratch.Families[(int)role], seriesName);
        foreach (var label in _scratch.Labels.AsSpan(0, _labelCount))
        {
            _batch.AddLabel(label.Name, label.Value);
        }

        _batch.AddSample(new Sample(seconds is { } written ? Sample.Written(ToMilliseconds(written)) : _defaultTimestampMs, value));
        _batch.EndSeries();
    }

    private static long ToMilliseconds(double seconds) => (long)Math.Round(seconds * 1000);

    // exemplar = SP HASH SP labels SP number [SP timestamp]
    private bool ReadExemplar(ReadOnlySpan<byte> line, OpenMetricsRole role)
    {
        if (!line.StartsWith(" # {"u8))
        {
            return Fail("expected the end of the line, or an exemplar");
        }

        if (role is not (OpenMetricsRole.Bucket or OpenMetricsRole.Total))
        {
            return Fail("an exemplar stands at a sample that is neither a bucket nor a counter");
        }

        var symbols = _scratch.Exemplar;
        symbols.Clear();
        line = line[" # "u8.Length..];
        if (!TryReadLabels(ref line, symbols, out var count) || !TryReadNumber(ref line, "value of an exemplar", out _)
            || !TryReadTimestamp(ref line, out _))
        {
            return false;
        }

        var characters = 0;
        foreach (var label in _scratch.Labels.AsSpan(0, count))
        {
            characters += symbols[label.Name].Length + NameAlphabet.CountCharacters(symbols[label.Value]);
        }

        return characters > MaxExemplarCharacters ? Fail($"the labels of an exemplar are longer than {MaxExemplarCharacters} characters")
            : line.IsEmpty || Fail("expected the end of the line after an exemplar");
    }
}
