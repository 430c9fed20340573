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
/// Reads the records of one body into a batch. Methods answer false, with the error set, at the first thing refused; its pointer is
/// relative to the record. Every loop ends at an end token: the reader throws at the end of a truncated body.
/// </summary>
internal ref struct RecordReader
{
    private readonly ReadOnlySpan<byte> _body;
    private readonly NamedGroups? _groups;
    private readonly MetricBatch _batch;
    private readonly ParseContext _context;
    private readonly bool _isUtf8;
    private RecordLabels _labels;
    private Utf8JsonReader _json;
    private RecordItem _item;
    private PushError? _error;

    // The current name, its legal form and the current value, where they do not stand so in the body; rented.
    private byte[] _name = [];
    private byte[] _legalName = [];
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
        _context = context;
        _isUtf8 = Utf8.IsValid(body);
        _labels = new RecordLabels(labels);
        _json = new Utf8JsonReader(body, RecordSyntax.Options);
        _item = new RecordItem { Context = context, ToGroups = groups is not null, Parent = "" };
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

    /// <summary>Returns what was rented.</summary>
    public void Dispose()
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
                _item.LegalName = _batch.Symbols[_batch.Series[repeated].Name];
                _item.Repeats = true;
                return Judge(RecordPart.Series);
            }
        }

        return true;
    }

    // Passes over a record and keeps its place. What is wrong beside the group is found when it is read.
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
        if (!Judge(RecordPart.GroupLabelName) || !Judge(RecordPart.GroupLabel))
        {
            return false;
        }

        _item.Repeats = !labels.TryAdd(Encoding.UTF8.GetString(_item.Name), Encoding.UTF8.GetString(_item.Text));
        return Judge(RecordPart.GroupLabel);
    }

    // Keys may come in any order. In the usual one the metrics are read where they stand; when they come before the dimensions they are
    // passed over and read at the end, and when the time comes after them it is set on the samples read.
    private bool ReadRecord()
    {
        if (!Judge(RecordPart.Record, name: default, ValueKind))
        {
            return false;
        }

        var start = _batch.Mark;
        var timestamp = _context.ReceivedMs;
        var seen = RecordPart.None;
        Utf8JsonReader deferred = default;
        _labels.Clear();
        while (TryReadMember(""))
        {
            var part = RecordRules.PartOf(_item.Name);
            _item.Repeats = seen.HasFlag(part);
            if (!Judge(RecordPart.Key))
            {
                return false;
            }

            seen |= part;
            if (part == RecordPart.Metrics && !seen.HasFlag(RecordPart.Dimensions))
            {
                deferred = _json;
                _json.Skip();
            }
            else if (!ReadValue(part, start, ref timestamp))
            {
                return false;
            }
        }

        if ((!seen.HasFlag(RecordPart.Dimensions) && !Judge(RecordPart.Dimensions, name: default, kind: default))
            || (!seen.HasFlag(RecordPart.Metrics) && !Judge(RecordPart.Metrics, name: default, kind: default)))
        {
            return false;
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

        return _groups is null || Judge(RecordPart.Series, name: default, JsonValueKind.Object, _batch.Series[^1].LabelCount);
    }

    private bool ReadValue(RecordPart part, BatchMark recordStart, ref long timestamp)
    {
        switch (part)
        {
            case RecordPart.Dimensions:
                return ReadDimensions();
            case RecordPart.Metrics:
                return ReadMetrics(recordStart, timestamp);
            case RecordPart.Timestamp:
                return ReadTimestamp(recordStart, out timestamp);
            default:
                // The group, which is known already.
                _json.Skip();
                return true;
        }
    }

    private bool ReadTimestamp(BatchMark recordStart, out long timestamp)
    {
        _item.Integer = _json.TokenType == JsonTokenType.Number && _json.TryGetInt64(out timestamp) ? timestamp : null;
        timestamp = _item.Integer ?? 0;
        if (!Judge(RecordPart.Timestamp))
        {
            return false;
        }

        _batch.SetTimestamp(recordStart, timestamp);
        return true;
    }

    private bool ReadDimensions()
    {
        var kind = ValueKind;
        while (kind == JsonValueKind.Object && TryReadMember("/dimensions"))
        {
            // Not only once all are read, so that _labels suffices.
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

    // A part of the record that is no member of another, or is missing.
    private void SetItem(ReadOnlySpan<byte> name, JsonValueKind kind)
    {
        _item.Parent = "";
        _item.HasName = !name.IsEmpty;
        _item.Name = name;
        _item.Repeats = false;
        _item.Kind = kind;
    }

    // Reads the next member of an object, up to the first token of its value, into _item. Its spans are valid until the next member.
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

    // The reader validates neither UTF-8 nor escaped surrogates until a string is asked for.
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
        SetItem(name, kind);
        (_item.Count, _item.HasJob) = (count, hasJob);
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
