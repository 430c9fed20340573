using System.Text.Unicode;
using PushGateway.Formats.Prometheus;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Wire;

namespace PushGateway.Formats.Json;

/// <summary>
/// Reads bodies of the usual shape several times as fast as <see cref="RecordReader"/>: dimensions before metrics, legal names, no escapes,
/// plain numbers. It takes only records that are plain by <see cref="RecordRules"/>, and reads them as that reader does. When it does not take
/// a body, the body may still be right.
/// </summary>
internal ref struct CommonRecordReader
{
    // Fits a long whatever the digits are.
    private const int MaxTimestampDigits = 18;

    private readonly ReadOnlySpan<byte> _body;
    private readonly MetricBatch _batch;
    private readonly PushLimits _limits;
    private readonly long _receivedMs;
    private readonly long _defaultTimestampMs;
    private RecordLabels _labels;
    private PlainJson _json;

    /// <param name="body">The body, without byte order mark.</param>
    /// <param name="batch">Where the series go; the caller takes them back when the body is not taken.</param>
    /// <param name="context">Limits and time of receipt.</param>
    /// <param name="labels">Room for the dimensions of a record.</param>
    public CommonRecordReader(ReadOnlySpan<byte> body, MetricBatch batch, in ParseContext context, Span<Label> labels)
    {
        _body = body;
        _json = new PlainJson(body);
        _batch = batch;
        _limits = context.Limits;
        _receivedMs = context.ReceivedMs;
        _defaultTimestampMs = context.DefaultTimestampMs;
        _labels = new RecordLabels(labels);
    }

    /// <summary>Reads the whole body: a record, an array of records, or records on lines of their own.</summary>
    public bool TryReadBody()
    {
        if (!Utf8.IsValid(_body))
        {
            return false;
        }

        if (_json.TryTake('['))
        {
            return TryReadArray();
        }

        do
        {
            if (!TryReadRecord())
            {
                return false;
            }
        }
        while (TrySkipLineEnd());

        return _json.IsAtEnd();
    }

    private bool TryReadArray()
    {
        do
        {
            if (!TryReadRecord())
            {
                return false;
            }
        }
        while (_json.TryTake(','));

        return _json.TryTake(']') && _json.IsAtEnd();
    }

    private bool TryReadRecord()
    {
        var start = _batch.Mark;
        var timestamp = _defaultTimestampMs;
        var (hasDimensions, hasMetrics, hasTimestamp) = (false, false, false);
        if (!_json.TryTake('{'))
        {
            return false;
        }

        do
        {
            if (!_json.TryReadString(out var key) || !_json.TryTake(':'))
            {
                return false;
            }

            var taken = RecordRules.PartOf(key) switch
            {
                RecordPart.Metrics => hasDimensions && !hasMetrics && (hasMetrics = TryReadMetrics(start, timestamp)),
                RecordPart.Dimensions => !hasDimensions && (hasDimensions = TryReadDimensions()),
                RecordPart.Timestamp => !hasTimestamp && (hasTimestamp = TryReadTimestamp(start, out timestamp)),
                _ => false,
            };
            if (!taken)
            {
                return false;
            }
        }
        while (_json.TryTake(','));

        return hasMetrics && _json.TryTake('}');
    }

    private bool TryReadTimestamp(BatchMark recordStart, out long timestamp)
    {
        timestamp = 0;
        _json.SkipBlanks();
        var rest = _json.Rest;
        var length = 0;
        while (length < rest.Length && char.IsAsciiDigit((char)rest[length]))
        {
            timestamp = (timestamp * 10) + (rest[length++] - '0');
        }

        _json.Advance(length);
        if (length is 0 or > MaxTimestampDigits || (rest[0] == '0' && length > 1) || _limits.CheckTimestamp(timestamp, _receivedMs) is not null)
        {
            return false;
        }

        _batch.SetTimestamp(recordStart, timestamp);
        return true;
    }

    private bool TryReadDimensions()
    {
        _labels.Clear();
        if (!_json.TryTake('{'))
        {
            return false;
        }

        do
        {
            if (_limits.CheckLabelCount(_labels.Count + 2) is not null || !TryReadDimension())
            {
                return false;
            }
        }
        while (_json.TryTake(','));

        return _json.TryTake('}');
    }

    private bool TryReadDimension()
    {
        if (!_json.TryReadString(out var name)
            || !NameAlphabet.Label.IsLegal(name)
            || !RecordRules.IsPlainLabelName(name, _limits)
            || !_json.TryTake(':')
            || !_json.TryReadString(out var value)
            || _limits.CheckLabelValue(value.Length) is not null)
        {
            return false;
        }

        var symbol = _batch.Symbols.Intern(name);
        if (!_labels.TryInsert(_batch.Symbols, symbol, out var index))
        {
            return false;
        }

        _labels.Span[index] = new Label(symbol, _batch.Symbols.Intern(value));
        return true;
    }

    private bool TryReadMetrics(BatchMark recordStart, long timestamp)
    {
        if (!_json.TryTake('{'))
        {
            return false;
        }

        do
        {
            if (!TryReadMetric(recordStart, timestamp))
            {
                return false;
            }
        }
        while (_json.TryTake(','));

        return _json.TryTake('}');
    }

    private bool TryReadMetric(BatchMark recordStart, long timestamp)
    {
        if (!_json.TryReadString(out var name)
            || !NameAlphabet.Metric.IsLegal(name)
            || !RecordRules.IsPlainMetricName(name, _limits)
            || !_json.TryTake(':')
            || !TryReadNumber(out var value, out var isInteger))
        {
            return false;
        }

        var symbol = _batch.Symbols.Intern(name);
        var family = _batch.FindFamily(symbol);
        if (family < 0)
        {
            family = _batch.AddFamily(symbol);
        }
        else if (_batch.Families[family].LastSeries >= recordStart.Series)
        {
            return false;
        }

        _labels.AddSeries(_batch, recordStart, family, symbol, new Sample(timestamp, value, isInteger));
        return true;
    }

    // A string may hold what a number may hold. It may also have a plus, leading zeros, and a point at either end.
    private bool TryReadNumber(out double value, out bool isInteger)
    {
        var isString = _json.TryTake('"');
        var rest = _json.Rest;
        isInteger = false;
        if (!GoFloat.TryReadExact(rest, out value, out var length) || !(isString ? TryPass(rest, ref length) : IsJsonNumber(rest[..length])))
        {
            return false;
        }

        _json.Advance(length);
        isInteger = !rest[..length].ContainsAny((byte)'.', (byte)'e', (byte)'E');
        return true;
    }

    private static bool TryPass(ReadOnlySpan<byte> rest, ref int length) => length < rest.Length && rest[length++] == '"';

    // Of what TryReadExact reads, what JSON allows.
    private static bool IsJsonNumber(ReadOnlySpan<byte> text)
    {
        var digits = text[0] == '-' ? text[1..] : text;
        var point = digits.IndexOf((byte)'.');
        return char.IsAsciiDigit((char)digits[0])
            && (digits[0] != '0' || digits.Length == 1 || !char.IsAsciiDigit((char)digits[1]))
            && (point < 0 || (point + 1 < digits.Length && char.IsAsciiDigit((char)digits[point + 1])));
    }

    // After a record: whether there is another.
    private bool TrySkipLineEnd()
    {
        var end = _json.Position;
        return !_json.IsAtEnd() && _json.Position > end;
    }
}
