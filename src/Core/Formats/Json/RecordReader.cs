using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using PushGateway.Formats.Prometheus;
using PushGateway.Model;
using PushGateway.Push;

namespace PushGateway.Formats.Json;

/// <summary>
/// Reads JSON records: one record, an array of records, or records one after another (newline-delimited JSON).
/// <code>{ "dimensions": { "site": "a" }, "timestamp": 1676398017000, "metrics": { "ph": "6.7", "count": 3 } }</code>
/// </summary>
/// <remarks>
/// <para>
/// Each metric becomes a series with the record's dimensions as labels and one sample. A metric is a JSON number or a string in the
/// grammar of <see cref="MetricNumber"/>; without point and exponent it is an integer. A record without <c>timestamp</c> has the time of
/// receipt. Names are made legal as <see cref="NameAlphabet"/> says, and no two may become one. A dimension with an empty value is no
/// label, but counts towards the limit of labels.
/// </para>
/// <para>
/// Each part of a record is held against <see cref="RecordRules"/>. Methods return false, with the error set, at the first rule that is
/// broken. The error's pointer is relative to the record. Every loop ends at an end token, because the JSON reader throws at the end of a
/// truncated body.
/// </para>
/// </remarks>
internal ref struct RecordReader
{
    private const int StackLabels = 128;

    // {"":""} and a separator: no body holds more dimensions than one for this many bytes.
    private const int MinDimensionBytes = 6;

    private readonly ReadOnlySpan<byte> _body;
    private readonly NamedGroups? _groups;
    private readonly MetricBatch _batch;
    private readonly ParseContext _context;
    private readonly bool _isUtf8;
    private RecordLabels _labels;
    private Utf8JsonReader _json;
    private RecordItem _item;
    private PushError? _error;

    // Rented. They hold the current name and value when the body has them escaped, and the legal form of a name that is not legal.
    private byte[] _name = [];
    private byte[] _legalName = [];
    private byte[] _value = [];

    private RecordReader(ReadOnlySpan<byte> body, NamedGroups? groups, MetricBatch batch, in ParseContext context, Span<Label> labels)
    {
        _body = body;
        _groups = groups;
        _batch = batch;
        _context = context;
        _isUtf8 = Utf8.IsValid(body);
        _labels = new RecordLabels(labels);
        _json = new Utf8JsonReader(body, RecordSyntax.Options);
        _item = new RecordItem { Context = context, ToGroups = groups is not null, Parent = "" };
    }

    /// <summary>
    /// Appends the series of every record to <paramref name="destination"/>; false, with the first error met, when any record is not valid.
    /// </summary>
    /// <param name="utf8">The body, with or without byte order mark.</param>
    /// <param name="groups">
    /// Null, or empty for records that name their groups, which takes the groups and where in the batch they are. The series are then appended
    /// group after group in the order in which the body names them first. Such a record has a <c>group</c>, whose labels overwrite its
    /// dimensions, which may be missing.
    /// <code>{ "group": { "job": "backup", "instance": "db1" }, "metrics": { "size_bytes": 73400320 } }</code>
    /// </param>
    /// <param name="destination">A batch in which the caller has begun a push, and rolls it back on failure.</param>
    /// <param name="context">Limits and time of receipt.</param>
    /// <param name="error">
    /// Why the body was refused. A body that is not JSON, even after an invalid record, is <see cref="RejectCode.JsonInvalid"/> with a line;
    /// every other refusal has a JSON pointer, which begins with the record's index unless the body is a single record. With groups, also
    /// refused are timestamps, unless <see cref="PushLimits.AllowTimestamps"/>, and series that a group has twice.
    /// </param>
    public static bool TryRead(
        ReadOnlySpan<byte> utf8, NamedGroups? groups, MetricBatch destination, in ParseContext context, [NotNullWhen(false)] out PushError? error)
    {
        var body = RecordSyntax.TrimByteOrderMark(utf8);
        var mostLabels = Math.Min(context.Limits.MaxLabels, body.Length / MinDimensionBytes);
        var labels = mostLabels <= StackLabels ? stackalloc Label[StackLabels] : new Label[mostLabels];
        var start = destination.Mark;
        if (groups is null && new CommonRecordReader(body, destination, context, labels).TryReadBody())
        {
            error = null;
            return true;
        }

        destination.Rollback(start);
        var reader = new RecordReader(body, groups, destination, context, labels);
        try
        {
            if (reader.ReadBody(out var record, out error))
            {
                return true;
            }

            error = RecordSyntax.Check(body, out var indexed)
                ?? (indexed && record >= 0 ? error with { Pointer = JsonPointer.Append("", record) + error.Pointer } : error);
            return false;
        }
        catch (JsonException exception)
        {
            error = RecordSyntax.Invalid(exception);
            return false;
        }
        finally
        {
            reader.Dispose();
        }
    }

    // The record is the index of the one that was refused; -1 when none was.
    private bool ReadBody(out int record, [NotNullWhen(false)] out PushError? error)
    {
        record = 0;
        var valid = true;
        if (!_json.Read())
        {
            record = -1;
            valid = Refuse(RecordSyntax.Empty);
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

    private void Dispose()
    {
        Return(ref _name);
        Return(ref _legalName);
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
            : records > 0 || Refuse(RecordSyntax.Empty);
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
            if (RepeatedSeries.Find(_batch, group.Start.Series) is [var repeated, ..])
            {
                record = group.RecordOf(repeated);
                SetItem("metrics"u8, JsonValueKind.Object);
                _item.Repeats = true;
                _item.LegalName = _batch.Symbols[_batch.Series[repeated].Name];
                return Judge(RecordPart.Series);
            }
        }

        return true;
    }

    // Reads only the group of a record, and keeps the record's place. Everything else is judged when the record is read.
    private bool FindGroup(NamedGroups groups, int record)
    {
        if (!Judge(RecordPart.Record, name: default, ValueKind))
        {
            return false;
        }

        var offset = (int)_json.TokenStartIndex;
        GroupingKey? group = null;
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            if (group is not null || !TryGetText(ref _name, out var key) || RecordRules.PartOf(key) != RecordPart.Group)
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

        return group is null ? Judge(RecordPart.Group, name: default, kind: default)
            : groups.TryAdd(group, record, offset) || Refuse(NamedGroups.TooMany());
    }

    private bool ReadGroup([NotNullWhen(true)] out GroupingKey? group)
    {
        group = null;
        var kind = ValueKind;
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        while (kind == JsonValueKind.Object && TryReadMember("/group"))
        {
            if (!ReadGroupLabel(labels))
            {
                return false;
            }
        }

        if (!Judge(RecordPart.Group, "group"u8, kind, labels.Count, labels.ContainsKey("job")))
        {
            return false;
        }

        group = GroupingKeyParser.Create(labels);
        return true;
    }

    private bool ReadGroupLabel(SortedDictionary<string, string> labels)
    {
        if (!Judge(RecordPart.GroupLabelName))
        {
            return false;
        }

        _item.Repeats = !labels.TryAdd(Encoding.UTF8.GetString(_item.Name), Encoding.UTF8.GetString(_item.Text));
        return Judge(RecordPart.GroupLabel);
    }

    // Keys may come in any order. Metrics that come before the dimensions are skipped and read at the end. A timestamp that comes after
    // the metrics is set on the samples that were read.
    private bool ReadRecord()
    {
        if (!Judge(RecordPart.Record, name: default, ValueKind))
        {
            return false;
        }

        var start = _batch.Mark;
        var timestamp = _context.DefaultTimestampMs;
        var seen = RecordPart.None;
        Utf8JsonReader deferred = default;
        _labels.Clear();
        while (TryReadMember(""))
        {
            var part = RecordRules.PartOf(_item.Name);
            _item.Repeats = (seen & part) != 0;
            if (!Judge(RecordPart.Key))
            {
                return false;
            }

            seen |= part;
            if (part == RecordPart.Metrics && (seen & RecordPart.Dimensions) == 0)
            {
                deferred = _json;
                _json.Skip();
            }
            else if (!ReadValue(part, start, ref timestamp))
            {
                return false;
            }
        }

        return ((seen & RecordPart.Dimensions) != 0 || Judge(RecordPart.Dimensions, name: default, kind: default))
            && ((seen & RecordPart.Metrics) != 0 || Judge(RecordPart.Metrics, name: default, kind: default))
            && (deferred.TokenType == JsonTokenType.None || ReadDeferred(deferred, start, timestamp))
            && (_groups is null || Judge(RecordPart.Series, name: default, JsonValueKind.Object, _batch.Series[^1].LabelCount));
    }

    private bool ReadValue(RecordPart part, BatchMark recordStart, ref long timestamp) => part switch
    {
        RecordPart.Dimensions => ReadDimensions(),
        RecordPart.Metrics => ReadMetrics(recordStart, timestamp),
        RecordPart.Timestamp => ReadTimestamp(recordStart, out timestamp),

        // The group, which FindGroup has read.
        _ => _json.TrySkip(),
    };

    private bool ReadDeferred(Utf8JsonReader metrics, BatchMark recordStart, long timestamp)
    {
        var end = _json;
        _json = metrics;
        var valid = ReadMetrics(recordStart, timestamp);
        _json = end;
        return valid;
    }

    private bool ReadTimestamp(BatchMark recordStart, out long timestamp)
    {
        _item.Integer = _json.TokenType == JsonTokenType.Number && _json.TryGetInt64(out timestamp) ? timestamp : null;
        timestamp = _item.Integer ?? 0;
        _batch.SetTimestamp(recordStart, timestamp);
        return Judge(RecordPart.Timestamp);
    }

    private bool ReadDimensions()
    {
        var kind = ValueKind;
        while (kind == JsonValueKind.Object && TryReadMember("/dimensions"))
        {
            // The limit is checked here already, because _labels has no room for more.
            if (_context.Limits.CheckLabelCount(_labels.Count + 2) is not null)
            {
                return Judge(RecordPart.Dimensions, "dimensions"u8, kind, _labels.Count + 1);
            }

            if (!ReadDimension())
            {
                return false;
            }
        }

        return Judge(RecordPart.Dimensions, "dimensions"u8, kind, _labels.Count);
    }

    private bool ReadDimension()
    {
        MakeNameLegal(NameAlphabet.Label);
        if (!Judge(RecordPart.DimensionName))
        {
            return false;
        }

        var symbol = _batch.Symbols.Intern(_item.LegalName);
        _item.Repeats = !_labels.TryInsert(_batch.Symbols, symbol, out var index);
        if (!Judge(RecordPart.Dimension))
        {
            return false;
        }

        _labels.Span[index] = new Label(symbol, _batch.Symbols.Intern(_item.Text));
        return true;
    }

    private bool ReadMetrics(BatchMark recordStart, long timestamp)
    {
        var kind = ValueKind;
        while (kind == JsonValueKind.Object && TryReadMember("/metrics"))
        {
            if (!ReadMetric(recordStart, timestamp))
            {
                return false;
            }
        }

        return Judge(RecordPart.Metrics, "metrics"u8, kind, _batch.Mark.Series - recordStart.Series);
    }

    private bool ReadMetric(BatchMark recordStart, long timestamp)
    {
        MakeNameLegal(NameAlphabet.Metric);
        if (!Judge(RecordPart.MetricName))
        {
            return false;
        }

        var symbol = _batch.Symbols.Intern(_item.LegalName);
        var family = _batch.FindFamily(symbol);
        _item.Repeats = family >= 0 && _batch.Families[family].LastSeries >= recordStart.Series;
        _item.Number = MetricNumber.Parse(_item.Text, out var value, out var isInteger);
        if (!Judge(RecordPart.Metric))
        {
            return false;
        }

        family = family < 0 ? _batch.AddFamily(symbol) : family;
        _labels.AddSeries(_batch, recordStart, family, symbol, new Sample(timestamp, value, isInteger));
        return true;
    }

    // Makes _item the record itself, the value of one of its keys, or a key that is missing.
    private void SetItem(ReadOnlySpan<byte> name, JsonValueKind kind, int count = 0, bool hasJob = false)
    {
        _item.Parent = "";
        _item.HasName = !name.IsEmpty;
        _item.Name = name;
        _item.Repeats = false;
        _item.Kind = kind;
        _item.Count = count;
        _item.HasJob = hasJob;
    }

    // Makes _item the next member of an object, and reads up to the first token of its value. The spans are valid until the next member.
    private bool TryReadMember(string parent)
    {
        if (!_json.Read() || _json.TokenType != JsonTokenType.PropertyName)
        {
            return false;
        }

        _item.Parent = parent;
        _item.Repeats = false;
        _item.HasName = TryGetText(ref _name, out var name);
        _item.Name = _item.HasName ? name : default;
        _json.Read();
        _item.Kind = ValueKind;
        var text = _json.ValueSpan;
        _item.HasText = _item.Kind == JsonValueKind.Number || (_item.Kind == JsonValueKind.String && TryGetText(ref _value, out text));
        _item.Text = _item.HasText ? text : default;
        return true;
    }

    private void MakeNameLegal(NameAlphabet alphabet)
    {
        var name = _item.Name;
        if (!alphabet.IsLegal(name))
        {
            var length = NameAlphabet.GetLegalLength(name);
            Reserve(ref _legalName, length);
            alphabet.MakeLegal(name, _legalName);
            name = _legalName.AsSpan(0, length);
        }

        _item.LegalName = name;
    }

    // The JSON reader validates neither UTF-8 nor escaped surrogates until a string is asked for.
    private readonly bool TryGetText(scoped ref byte[] buffer, out ReadOnlySpan<byte> text)
    {
        text = _json.ValueSpan;
        if (!_json.ValueIsEscaped)
        {
            return _isUtf8 || Utf8.IsValid(text);
        }

        Reserve(ref buffer, text.Length);
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

    private static void Reserve(scoped ref byte[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            Return(ref buffer);
            buffer = ArrayPool<byte>.Shared.Rent(length);
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

    private bool Judge(RecordPart part, ReadOnlySpan<byte> name, JsonValueKind kind, int count = 0, bool hasJob = false)
    {
        SetItem(name, kind, count, hasJob);
        return Judge(part);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Judge(RecordPart part) => RecordRules.IsPlain(part, _item) || JudgeByRules(part);

    private bool JudgeByRules(RecordPart part)
    {
        foreach (var rule in RecordRules.Of(part))
        {
            if (rule.Check(_item) is { } error)
            {
                return Refuse(error);
            }
        }

        return true;
    }

    private bool Refuse(PushError error)
    {
        _error = error;
        return false;
    }
}
