using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using PushGateway.Formats.Prometheus;
using PushGateway.Model;
using PushGateway.Push;

namespace PushGateway.Formats.Json;

/// <summary>
/// Reads the records of one body into a batch. Methods answer false, with the error set, at the first thing refused; its pointer is
/// relative to the record. Every loop ends at an end token: the reader throws at the end of a truncated body.
/// </summary>
internal ref struct RecordReader
{
    private const string DimensionsPointer = "/dimensions";
    private const string MetricsPointer = "/metrics";
    private const string TimestampPointer = "/timestamp";
    private const string GroupPointer = "/group";
    private const int StackName = 256;

    private readonly ReadOnlySpan<byte> _body;
    private readonly NamedGroups? _groups;
    private readonly MetricBatch _batch;
    private readonly PushLimits _limits;
    private readonly long _receivedMs;
    private RecordLabels _labels;
    private Utf8JsonReader _json;
    private PushError? _error;

    // Text of the current name and value when they were escaped; rented.
    private byte[] _name = [];
    private byte[] _value = [];

    /// <param name="body">The body, without byte order mark.</param>
    /// <param name="groups">Takes the groups that the records name; null when they name none.</param>
    /// <param name="batch">Where the series go.</param>
    /// <param name="context">Limits and time of receipt.</param>
    /// <param name="labels">Room for the dimensions of a record.</param>
    public RecordReader(ReadOnlySpan<byte> body, NamedGroups? groups, MetricBatch batch, in ParseContext context, Span<Label> labels)
    {
        _body = body;
        _groups = groups;
        _batch = batch;
        _limits = context.Limits;
        _receivedMs = context.ReceivedMs;
        _labels = new RecordLabels(labels);
        _json = new Utf8JsonReader(body, RecordSyntax.Options);
    }

    /// <summary>Reads the whole body.</summary>
    /// <param name="record">Index of the record that was refused; -1 when no record was.</param>
    /// <param name="error">The error.</param>
    /// <exception cref="JsonException">The body is not JSON.</exception>
    public bool ReadBody(out int record, [NotNullWhen(false)] out PushError? error)
    {
        record = 0;
        var valid = true;
        if (!_json.Read())
        {
            record = -1;
            valid = Refuse(RecordErrors.Empty());
        }
        else if (_json.TokenType == JsonTokenType.StartArray)
        {
            valid = ReadArray(ref record);
        }
        else
        {
            while ((valid = ReadNext(record)) && _json.Read())
            {
                record++;
            }
        }

        valid = valid && (_groups is null || ReadGroups(_groups, ref record));
        error = _error;
        return valid;
    }

    /// <summary>Returns what was rented.</summary>
    public void Dispose()
    {
        Return(ref _name);
        Return(ref _value);
    }

    private bool ReadArray(ref int record)
    {
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (!ReadNext(record))
            {
                return false;
            }

            record++;
        }

        var records = record;
        record = -1;
        return _json.Read() ? Refuse(RecordSyntax.AfterArray(_body, _json.TokenStartIndex))
            : records > 0 || Refuse(RecordErrors.Empty());
    }

    // Records that name groups are read group by group, once it is known which belong together: then a group is one run of the batch.
    private bool ReadNext(int record) => _groups is null ? ReadRecord() : FindGroup(_groups, record);

    private bool ReadGroups(NamedGroups groups, ref int record)
    {
        foreach (var group in groups.All)
        {
            group.BeginIn(_batch);
            foreach (ref var place in group.Records)
            {
                record = place.Record;
                place.FirstSeries = _batch.Mark.Series;
                _json = new Utf8JsonReader(_body[place.Offset..], RecordSyntax.Options);
                _json.Read();
                if (!ReadRecord())
                {
                    return false;
                }
            }

            group.EndIn(_batch);
            if (FindDuplicate(_batch, group.Start.Series) is >= 0 and var duplicate)
            {
                record = group.RecordOf(duplicate);
                return Refuse(RecordErrors.DuplicateSeries(MetricsPointer, _batch.Symbols[_batch.Series[duplicate].Name]));
            }
        }

        return true;
    }

    // The first series from the given one on that stands there twice at one time; -1 without one.
    private static int FindDuplicate(MetricBatch batch, int first)
    {
        using var index = new SeriesIndex(batch, batch.Series.Length - first, byTime: true);
        for (var s = first; s < batch.Series.Length; s++)
        {
            if (index.FindOrAdd(s) != s)
            {
                return s;
            }
        }

        return -1;
    }

    // Passes over a record and keeps its place. What is wrong beside the group is found when it is read.
    private bool FindGroup(NamedGroups groups, int record)
    {
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            return Refuse(RecordErrors.NotObject("", ValueKind));
        }

        var offset = (int)_json.TokenStartIndex;
        GroupingKey? group = null;
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            if (group is not null || !TryGetText(ref _name, out var key) || !key.SequenceEqual("group"u8))
            {
                _json.Skip();
                continue;
            }

            _json.Read();
            if (!ReadGroup(out group))
            {
                return false;
            }
        }

        return group is null ? Refuse(RecordErrors.GroupMissing(""))
            : groups.TryAdd(group, record, offset) || Refuse(NamedGroups.TooMany());
    }

    private bool ReadGroup([NotNullWhen(true)] out GroupingKey? group)
    {
        group = null;
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            return Refuse(RecordErrors.GroupInvalid(GroupPointer, ValueKind));
        }

        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            if (!ReadGroupLabel(labels))
            {
                return false;
            }
        }

        if (!labels.ContainsKey("job"))
        {
            return Refuse(RecordErrors.GroupWithoutJob(GroupPointer));
        }

        group = GroupingKeyParser.Create(labels);
        return true;
    }

    private bool ReadGroupLabel(SortedDictionary<string, string> labels)
    {
        if (!TryGetText(ref _name, out var name))
        {
            return Refuse(RecordErrors.StringInvalid(GroupPointer));
        }

        if (_limits.CheckLabelName(name.Length) is { } longName)
        {
            return Refuse(longName with { Pointer = JsonPointer.Append(GroupPointer, name) });
        }

        var label = Encoding.UTF8.GetString(name);
        if (!GroupingKeyParser.IsLabelName(label))
        {
            return Refuse(RecordErrors.GroupLabelName(JsonPointer.Append(GroupPointer, name), name));
        }

        _json.Read();
        if (_json.TokenType != JsonTokenType.String)
        {
            return Refuse(RecordErrors.GroupLabelNotString(JsonPointer.Append(GroupPointer, name), name, ValueKind));
        }

        if (!TryGetText(ref _value, out var value))
        {
            return Refuse(RecordErrors.StringInvalid(JsonPointer.Append(GroupPointer, name)));
        }

        if (value.IsEmpty)
        {
            return Refuse(RecordErrors.GroupLabelEmpty(JsonPointer.Append(GroupPointer, name), name));
        }

        if (_limits.CheckLabelValue(value.Length) is { } longValue)
        {
            return Refuse(longValue with { Pointer = JsonPointer.Append(GroupPointer, name) });
        }

        return labels.TryAdd(label, Encoding.UTF8.GetString(value))
            || Refuse(RecordErrors.GroupLabelTwice(JsonPointer.Append(GroupPointer, name), name));
    }

    // Keys may come in any order. In the usual one the metrics are read where they stand; when they come before the dimensions they are
    // passed over and read at the end, and when the time comes after them it is set on the samples read.
    private bool ReadRecord()
    {
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            return Refuse(RecordErrors.NotObject("", ValueKind));
        }

        var start = _batch.Mark;
        var timestamp = _receivedMs;
        var (hasDimensions, hasMetrics, hasTimestamp, hasGroup) = (false, false, false, false);
        Utf8JsonReader deferred = default;
        _labels.Clear();
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            if (!TryGetText(ref _name, out var key))
            {
                return Refuse(RecordErrors.StringInvalid(""));
            }

            _json.Read();
            if (key.SequenceEqual("dimensions"u8))
            {
                if (hasDimensions)
                {
                    return RefuseDuplicate(key);
                }

                hasDimensions = true;
                if (!ReadDimensions())
                {
                    return false;
                }
            }
            else if (key.SequenceEqual("metrics"u8))
            {
                if (hasMetrics)
                {
                    return RefuseDuplicate(key);
                }

                hasMetrics = true;
                if (!hasDimensions)
                {
                    deferred = _json;
                    _json.Skip();
                }
                else if (!ReadMetrics(start, timestamp))
                {
                    return false;
                }
            }
            else if (key.SequenceEqual("timestamp"u8))
            {
                if (hasTimestamp)
                {
                    return RefuseDuplicate(key);
                }

                hasTimestamp = true;
                if (_groups is not null && !_limits.AllowTimestamps)
                {
                    return Refuse(RecordErrors.TimestampNotAllowed(TimestampPointer));
                }

                if (!ReadTimestamp(out timestamp))
                {
                    return false;
                }

                _batch.SetTimestamp(start, timestamp);
            }
            else if (_groups is not null && key.SequenceEqual("group"u8))
            {
                if (hasGroup)
                {
                    return RefuseDuplicate(key);
                }

                hasGroup = true;
                _json.Skip();
            }
            else
            {
                return Refuse(RecordErrors.UnknownKey(JsonPointer.Append("", key), key, toGroups: _groups is not null));
            }
        }

        if (!hasDimensions && _groups is null)
        {
            return Refuse(RecordErrors.DimensionsMissing(""));
        }

        if (!hasMetrics)
        {
            return Refuse(RecordErrors.MetricsMissing(""));
        }

        if (deferred.TokenType != JsonTokenType.None)
        {
            var end = _json;
            _json = deferred;
            if (!ReadMetrics(start, timestamp))
            {
                return false;
            }

            _json = end;
        }

        // With the group's labels, which ReadDimensions did not count.
        return _groups is null || _limits.CheckLabelCount(_batch.Series[^1].LabelCount + 1) is not { } tooMany || Refuse(tooMany with { Pointer = "" });
    }

    private bool ReadTimestamp(out long timestamp)
    {
        timestamp = 0;
        if (_json.TokenType != JsonTokenType.Number || !_json.TryGetInt64(out timestamp))
        {
            return Refuse(RecordErrors.TimestampInvalid(TimestampPointer));
        }

        return _limits.CheckTimestamp(timestamp, _receivedMs) is not { } error || Refuse(error with { Pointer = TimestampPointer });
    }

    private bool ReadDimensions()
    {
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            return Refuse(RecordErrors.DimensionsInvalid(DimensionsPointer, ValueKind));
        }

        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            // This dimension and the metric's name beside those before it; here, so that _labels suffices.
            if (_limits.CheckLabelCount(_labels.Count + 2) is { } tooMany)
            {
                return Refuse(tooMany with { Pointer = DimensionsPointer });
            }

            if (!ReadDimension())
            {
                return false;
            }
        }

        return _labels.Count > 0 || Refuse(RecordErrors.DimensionsInvalid(DimensionsPointer, JsonValueKind.Object));
    }

    private bool ReadDimension()
    {
        if (!ReadName(NameAlphabet.Label, DimensionsPointer, out var name, out var symbol))
        {
            return false;
        }

        if (_batch.Symbols[symbol].SequenceEqual("__name__"u8))
        {
            return Refuse(RecordErrors.NameReserved(JsonPointer.Append(DimensionsPointer, name), name));
        }

        if (_groups is not null && _batch.Symbols[symbol].StartsWith("__"u8))
        {
            return Refuse(RecordErrors.LabelReserved(JsonPointer.Append(DimensionsPointer, name), name));
        }

        if (!_labels.TryInsert(_batch.Symbols, symbol, out var index))
        {
            return Refuse(RecordErrors.NameCollision(JsonPointer.Append(DimensionsPointer, name), name, _batch.Symbols[symbol]));
        }

        _json.Read();
        if (_json.TokenType != JsonTokenType.String)
        {
            return Refuse(RecordErrors.DimensionNotString(JsonPointer.Append(DimensionsPointer, name), name, ValueKind));
        }

        if (!TryGetText(ref _value, out var value))
        {
            return Refuse(RecordErrors.StringInvalid(JsonPointer.Append(DimensionsPointer, name)));
        }

        if (_limits.CheckLabelValue(value.Length) is { } tooLong)
        {
            return Refuse(tooLong with { Pointer = JsonPointer.Append(DimensionsPointer, name) });
        }

        _labels.Span[index] = new Label(symbol, _batch.Symbols.Intern(value));
        return true;
    }

    private bool ReadMetrics(BatchMark recordStart, long timestamp)
    {
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            return Refuse(RecordErrors.MetricsInvalid(MetricsPointer, ValueKind));
        }

        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            if (!ReadMetric(recordStart, timestamp))
            {
                return false;
            }
        }

        return _batch.Mark.Series > recordStart.Series || Refuse(RecordErrors.MetricsInvalid(MetricsPointer, JsonValueKind.Object));
    }

    private bool ReadMetric(BatchMark recordStart, long timestamp)
    {
        if (!ReadName(NameAlphabet.Metric, MetricsPointer, out var name, out var symbol))
        {
            return false;
        }

        var family = _batch.FindFamily(symbol);
        if (family < 0)
        {
            family = _batch.AddFamily(symbol);
        }
        else if (_batch.Families[family].LastSeries >= recordStart.Series)
        {
            return Refuse(RecordErrors.NameCollision(JsonPointer.Append(MetricsPointer, name), name, _batch.Symbols[symbol]));
        }

        if (!ReadNumber(name, out var value, out var isInteger))
        {
            return false;
        }

        _labels.AddSeries(_batch, recordStart, family, symbol, new Sample(timestamp, value, isInteger));
        return true;
    }

    private bool ReadNumber(scoped ReadOnlySpan<byte> name, out double value, out bool isInteger)
    {
        (value, isInteger) = (0, false);
        _json.Read();
        if (_json.TokenType is not (JsonTokenType.Number or JsonTokenType.String))
        {
            return Refuse(RecordErrors.MetricNotNumber(JsonPointer.Append(MetricsPointer, name), name, ValueKind));
        }

        if (!TryGetText(ref _value, out var text))
        {
            return Refuse(RecordErrors.StringInvalid(JsonPointer.Append(MetricsPointer, name)));
        }

        return MetricNumber.Parse(text, out value, out isInteger) switch
        {
            MetricNumberStatus.Valid => true,
            MetricNumberStatus.OutOfRange => Refuse(RecordErrors.MetricOutOfRange(JsonPointer.Append(MetricsPointer, name), name, text)),
            _ => Refuse(RecordErrors.MetricNotNumber(JsonPointer.Append(MetricsPointer, name), name, text)),
        };
    }

    // The name as written, valid until the next name, and the symbol of its legal form.
    private bool ReadName(NameAlphabet alphabet, string parent, out ReadOnlySpan<byte> name, out int symbol)
    {
        symbol = 0;
        if (!TryGetText(ref _name, out name))
        {
            return Refuse(RecordErrors.StringInvalid(parent));
        }

        if (name.IsEmpty)
        {
            return Refuse(RecordErrors.NameEmpty(JsonPointer.Append(parent, name)));
        }

        var isLegal = alphabet.IsLegal(name);
        var length = isLegal ? name.Length : NameAlphabet.GetLegalLength(name);
        if ((alphabet == NameAlphabet.Metric ? _limits.CheckMetricName(length) : _limits.CheckLabelName(length)) is { } tooLong)
        {
            return Refuse(tooLong with { Pointer = JsonPointer.Append(parent, name) });
        }

        symbol = isLegal ? _batch.Symbols.Intern(name) : InternLegal(alphabet, name, length);
        return true;
    }

    private readonly int InternLegal(NameAlphabet alphabet, ReadOnlySpan<byte> name, int length)
    {
        var rented = length > StackName ? ArrayPool<byte>.Shared.Rent(length) : null;
        var legal = rented is null ? stackalloc byte[StackName] : rented;
        alphabet.MakeLegal(name, legal);
        var symbol = _batch.Symbols.Intern(legal[..length]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return symbol;
    }

    // The reader validates neither UTF-8 nor escaped surrogates until a string is asked for.
    private readonly bool TryGetText(scoped ref byte[] buffer, out ReadOnlySpan<byte> text)
    {
        text = _json.ValueSpan;
        if (!_json.ValueIsEscaped)
        {
            return Utf8.IsValid(text);
        }

        if (buffer.Length < text.Length)
        {
            Return(ref buffer);
            buffer = ArrayPool<byte>.Shared.Rent(text.Length);
        }

        try
        {
            text = buffer.AsSpan(0, _json.CopyString(buffer));
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static void Return(ref byte[] buffer)
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = [];
        }
    }

    private readonly JsonValueKind ValueKind => _json.TokenType switch
    {
        JsonTokenType.StartObject => JsonValueKind.Object,
        JsonTokenType.StartArray => JsonValueKind.Array,
        JsonTokenType.String => JsonValueKind.String,
        JsonTokenType.Number => JsonValueKind.Number,
        JsonTokenType.True => JsonValueKind.True,
        JsonTokenType.False => JsonValueKind.False,
        _ => JsonValueKind.Null,
    };

    private bool RefuseDuplicate(scoped ReadOnlySpan<byte> key) => Refuse(RecordErrors.DuplicateKey(JsonPointer.Append("", key), key));

    private bool Refuse(PushError error)
    {
        _error = error;
        return false;
    }
}
