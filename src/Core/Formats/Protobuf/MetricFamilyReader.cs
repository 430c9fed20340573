using System.Diagnostics.CodeAnalysis;
using System.Text.Unicode;
using PushGateway.Formats.Prometheus;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Wire;

namespace PushGateway.Formats.Protobuf;

/// <summary>
/// Parses the protobuf format of Prometheus client libraries: messages <c>io.prometheus.client.MetricFamily</c>, each preceded by its
/// length as a varint. A metric becomes the series that Prometheus' <c>expfmt</c> exposes for it, in the same order.
/// </summary>
/// <remarks>
/// <para>
/// A histogram becomes <c>_bucket</c>, <c>_sum</c> and <c>_count</c> series. When it has no <c>+Inf</c> bucket, one is added with the
/// sample count. A summary becomes its quantiles, <c>_sum</c> and <c>_count</c>. A float count that is not 0 replaces the integer count. A
/// histogram with both classic and native buckets keeps only the classic ones. A histogram with only native buckets becomes one series with
/// the family's name and a <see cref="NativeHistogram"/> as its sample. Exemplars, creation times and unknown fields are skipped. When
/// several families have the same name, the last one is kept, as in Pushgateway, but the others must be valid, too.
/// </para>
/// <para>
/// A body is refused when an exposition could not show it: a family without a name or of an unknown type, a metric without the value field
/// of its family's type, names that are not legal, text that is not UTF-8, a label name that occurs twice, the label <c>__name__</c>, the
/// label <c>le</c> on a histogram or <c>quantile</c> on a summary, a negative count in a histogram, and a native histogram that Prometheus
/// would refuse (<see cref="NativeHistogram.Validate"/>).
/// </para>
/// </remarks>
internal ref struct MetricFamilyReader(ReadOnlySpan<byte> input, MetricBatch batch, long defaultTimestampMs, MetricFamilyScratch scratch)
{
    private readonly ReadOnlySpan<byte> _input = input;
    private PushError? _error;

    // Whether any metric has its own timestamp.
    private bool _anyTimestamp;

    // The number of the current family, counted from 1, and the symbols of its series' names.
    private int _familyNumber;
    private ReadOnlySpan<byte> _familyName;
    private int _family;
    private MetricType _type;
    private int _name;
    private int _bucketName;
    private int _sumName;
    private int _countName;
    private int _boundName;

    // The number of the current metric, counted from 1, and the fields read so far. _value is also the sum of a histogram or summary.
    private int _metricNumber;
    private int _labelCount;
    private long _timestampMs;
    private bool _hasTimestamp;
    private bool _hasValue;
    private double _value;
    private ulong _count;
    private double _countFloat;
    private bool _hasBuckets;
    private bool _isNative;

    private readonly bool IsHistogram => SeriesRoles.IsHistogram(_type);

    private readonly double Count => _countFloat != 0 ? _countFloat : _count;

    /// <summary>
    /// Appends a body to <paramref name="destination"/>, one sample for each series. In the steady state this allocates nothing. Limits are
    /// not checked.
    /// </summary>
    /// <param name="input">The whole body, decompressed.</param>
    /// <param name="destination">The caller has called <see cref="MetricBatch.BeginPush"/>, and rolls back when parsing fails.</param>
    /// <param name="context">Metrics without a timestamp get the time of receipt.</param>
    /// <param name="hasTimestamps">Whether any metric has its own timestamp. The caller may want to refuse it.</param>
    /// <param name="error"><see cref="RejectCode.ProtobufInvalid"/>.</param>
    /// <returns>Whether the body is valid.</returns>
    /// <exception cref="PushTooLargeException">As for <see cref="MetricBatch.BeginSeries"/>.</exception>
    public static bool TryRead(
        ReadOnlySpan<byte> input,
        MetricBatch destination,
        in ParseContext context,
        out bool hasTimestamps,
        [NotNullWhen(false)] out PushError? error)
    {
        using var scratch = MetricFamilyScratch.OfThread();
        var reader = new MetricFamilyReader(input, destination, context.DefaultTimestampMs, scratch);
        error = reader.Run();
        hasTimestamps = reader._anyTimestamp;
        return error is null;
    }

    private PushError? Run()
    {
        _ = FindLastOfEachName() && ReadFamilies();
        return _error;
    }

    private bool Fail(string reason, bool isReadable = true)
    {
        var name = _familyName.IsEmpty ? "" : " " + GoQuote.Quote(_familyName);
        _error = new PushError(RejectCode.ProtobufInvalid, $"metric family {_familyNumber}{name}: {reason}") { FailsGroup = isReadable };
        return false;
    }

    private bool FailMetric(string reason) => Fail($"metric {_metricNumber} {reason}");

    private bool FailMalformedMetric() => Fail($"metric {_metricNumber} is malformed", isReadable: false);

    // ---- Families

    private bool FindLastOfEachName()
    {
        var messages = new ProtobufReader(_input);
        while (!messages.IsAtEnd)
        {
            _familyNumber++;
            _familyName = default;
            if (!messages.TryReadBytes(out var message))
            {
                return Fail("the message is truncated", isReadable: false);
            }

            if (!TryFindName(message, out var name))
            {
                return Fail("the protobuf is malformed", isReadable: false);
            }

            if (name.IsEmpty)
            {
                return Fail("it has no name");
            }

            _familyName = name;
            if (!NameAlphabet.Metric.IsLegal(name))
            {
                return Fail("the name is not legal in Prometheus");
            }

            var symbol = batch.Symbols.Intern(name);
            ParseScratch.Reserve(ref scratch.LastNamed, symbol);
            scratch.LastNamed[symbol] = _familyNumber;
        }

        return true;
    }

    private static bool TryFindName(ReadOnlySpan<byte> message, out ReadOnlySpan<byte> name)
    {
        name = default;
        var reader = new ProtobufReader(message);
        while (reader.TryReadNext(MetricFamilyFields.FamilyName, out var found))
        {
            name = found;
        }

        return !reader.IsMalformed;
    }

    private bool ReadFamilies()
    {
        var messages = new ProtobufReader(_input);
        for (_familyNumber = 1; !messages.IsAtEnd; _familyNumber++)
        {
            messages.TryReadBytes(out var message);
            var (mark, hadTimestamps) = (batch.Mark, _anyTimestamp);
            if (!ReadFamily(message))
            {
                return false;
            }

            if (scratch.LastNamed[_name] != _familyNumber)
            {
                batch.Rollback(mark);
                _anyTimestamp = hadTimestamps;
            }
        }

        return true;
    }

    private bool ReadFamily(ReadOnlySpan<byte> message)
    {
        if (!BeginFamily(message))
        {
            return false;
        }

        _metricNumber = 0;
        var reader = new ProtobufReader(message);
        while (reader.TryReadNext(MetricFamilyFields.FamilyMetric, out var metric))
        {
            _metricNumber++;
            if (!ReadMetric(metric))
            {
                return false;
            }
        }

        return true;
    }

    private bool BeginFamily(ReadOnlySpan<byte> message)
    {
        ReadOnlySpan<byte> help = default;
        ReadOnlySpan<byte> unit = default;
        var number = 0UL;
        var reader = new ProtobufReader(message);
        while (reader.TryReadTag(out var field, out var type))
        {
            _ = (field, type) switch
            {
                (MetricFamilyFields.FamilyName, WireType.LengthDelimited) => reader.TryReadBytes(out _familyName),
                (MetricFamilyFields.FamilyHelp, WireType.LengthDelimited) => reader.TryReadBytes(out help),
                (MetricFamilyFields.FamilyUnit, WireType.LengthDelimited) => reader.TryReadBytes(out unit),
                (MetricFamilyFields.FamilyType, WireType.Varint) => reader.TryReadVarint(out number),
                _ => reader.TrySkip(type),
            };
        }

        if (!MetricFamilyTypes.TryGet((int)number, out _type))
        {
            return Fail($"unknown metric type {(int)number}");
        }

        if (!Utf8.IsValid(help) || !Utf8.IsValid(unit))
        {
            return Fail("help or unit is not UTF-8");
        }

        _name = batch.Symbols.Intern(_familyName);
        _family = batch.AddFamily(_name, _type, batch.Symbols.Intern(help), batch.Symbols.Intern(unit));
        InternNamesOfSeries();
        return true;
    }

    private void InternNamesOfSeries()
    {
        var boundName = SeriesRoles.BoundName(_type);
        _boundName = batch.Symbols.Intern(boundName);
        if (!boundName.IsEmpty)
        {
            _bucketName = IsHistogram ? InternWithSuffix("_bucket"u8) : _name;
            _sumName = InternWithSuffix("_sum"u8);
            _countName = InternWithSuffix("_count"u8);
        }
    }

    private readonly int InternWithSuffix(ReadOnlySpan<byte> suffix) =>
        batch.Symbols.Intern(ParseScratch.Join(ref scratch.Name, _familyName, suffix));

    // ---- Metrics

    private bool ReadMetric(ReadOnlySpan<byte> metric)
    {
        (_labelCount, _timestampMs, _hasTimestamp, _hasValue) = (0, defaultTimestampMs, false, false);
        (_value, _count, _countFloat, _hasBuckets, _isNative) = (0, 0, 0, false, false);
        scratch.Histogram.Clear();
        if (!ReadFields(metric))
        {
            return false;
        }

        if (!_hasValue)
        {
            return FailMetric($"has no {MetricFamilyTypes.ValueFieldName(_type)}");
        }

        if (LabelNames.SortAndFindRepeated(scratch.Labels.AsSpan(0, _labelCount)) is not 0 and var duplicate)
        {
            return FailMetric($"has the label {GoQuote.Quote(batch.Symbols[duplicate])} more than once");
        }

        _anyTimestamp |= _hasTimestamp;
        if (_boundName == 0)
        {
            AddSeries(_name, default, _value);
            return true;
        }

        return _isNative && !_hasBuckets ? AddNativeHistogram() : AddDistribution(metric);
    }

    private bool ReadFields(ReadOnlySpan<byte> metric)
    {
        var valueField = MetricFamilyTypes.ValueField(_type);
        var reader = new ProtobufReader(metric);
        while (reader.TryReadTag(out var field, out var type))
        {
            if ((field, type) is (MetricFamilyFields.MetricTimestamp, WireType.Varint))
            {
                _hasTimestamp = reader.TryReadVarint(out var timestamp);
                _timestampMs = Sample.Written((long)timestamp);
            }
            else if ((field, type) is (MetricFamilyFields.MetricLabel, WireType.LengthDelimited))
            {
                reader.TryReadBytes(out var label);
                if (!reader.IsMalformed && !ReadLabel(label))
                {
                    return false;
                }
            }
            else if (field == valueField && type == WireType.LengthDelimited)
            {
                _hasValue = true;
                reader.TryReadBytes(out var value);
                if (!(_boundName == 0 ? TryReadSimpleValue(value) : TryReadTotals(value)))
                {
                    return FailMalformedMetric();
                }
            }
            else
            {
                reader.TrySkip(type);
            }
        }

        return !reader.IsMalformed || FailMalformedMetric();
    }

    private bool ReadLabel(ReadOnlySpan<byte> label)
    {
        ReadOnlySpan<byte> name = default;
        ReadOnlySpan<byte> value = default;
        var reader = new ProtobufReader(label);
        while (reader.TryReadTag(out var field, out var type))
        {
            _ = (field, type) switch
            {
                (MetricFamilyFields.LabelName, WireType.LengthDelimited) => reader.TryReadBytes(out name),
                (MetricFamilyFields.LabelValue, WireType.LengthDelimited) => reader.TryReadBytes(out value),
                _ => reader.TrySkip(type),
            };
        }

        if (reader.IsMalformed)
        {
            return FailMalformedMetric();
        }

        if (!NameAlphabet.Label.IsLegal(name))
        {
            return FailMetric($"has the label name {GoQuote.Quote(name)}, which is not legal in Prometheus");
        }

        if (name.SequenceEqual("__name__"u8) || name.SequenceEqual(SeriesRoles.BoundName(_type)))
        {
            return FailMetric($"has the label {GoQuote.Quote(name)}, which is reserved");
        }

        if (!Utf8.IsValid(value))
        {
            return FailMetric($"has a value of the label {GoQuote.Quote(name)} that is not UTF-8");
        }

        ParseScratch.Reserve(ref scratch.Labels, _labelCount);
        scratch.Labels[_labelCount++] = new Label(batch.Symbols.Intern(name), batch.Symbols.Intern(value));
        return true;
    }

    // ---- Values. A message field that occurs twice is one message with the contents of both, so every read adds to what was read before.

    private bool TryReadSimpleValue(ReadOnlySpan<byte> input)
    {
        var reader = new ProtobufReader(input);
        while (reader.TryReadTag(out var field, out var type))
        {
            _ = (field, type) switch
            {
                (MetricFamilyFields.SimpleValue, WireType.Fixed64) => reader.TryReadDouble(out _value),
                _ => reader.TrySkip(type),
            };
        }

        return !reader.IsMalformed;
    }

    private bool TryReadTotals(ReadOnlySpan<byte> input)
    {
        var reader = new ProtobufReader(input);
        while (reader.TryReadTag(out var field, out var type))
        {
            _ = (field, type) switch
            {
                (MetricFamilyFields.SampleCount, WireType.Varint) => reader.TryReadVarint(out _count),
                (MetricFamilyFields.SampleSum, WireType.Fixed64) => reader.TryReadDouble(out _value),
                (MetricFamilyFields.Bounds, WireType.LengthDelimited) => _hasBuckets = reader.TrySkip(type),
                _ when IsHistogram => TryReadHistogramField(ref reader, field, type),
                _ => reader.TrySkip(type),
            };
        }

        return !reader.IsMalformed;
    }

    // Prometheus, too, recognises a native histogram by its spans, by the width of its zero bucket or by the count of that bucket.
    private bool TryReadHistogramField(ref ProtobufReader reader, int field, WireType type)
    {
        if ((field, type) is (MetricFamilyFields.HistogramCountFloat, WireType.Fixed64))
        {
            return reader.TryReadDouble(out _countFloat);
        }

        var histogram = scratch.Histogram;
        var read = histogram.TryReadField(ref reader, NativeHistogramMapping.ToRemoteWrite(field), type);
        _isNative = !histogram.Positive.Spans.IsEmpty || !histogram.Negative.Spans.IsEmpty
            || histogram.ZeroThreshold > 0 || histogram.ZeroCount > 0;
        return read;
    }

    private bool AddNativeHistogram()
    {
        var histogram = scratch.Histogram;
        histogram.Set(_count, _countFloat, _value, _type == MetricType.GaugeHistogram);
        if (histogram.Validate() is { } reason)
        {
            return FailMetric($"is not a valid native histogram: {reason}");
        }

        AddSeries(_name, default, new Sample(_timestampMs, 0, Histogram: histogram.Intern(batch.Symbols)));
        return true;
    }

    private bool AddDistribution(ReadOnlySpan<byte> metric)
    {
        if (IsHistogram && Count < 0)
        {
            return FailMetric("has a negative count");
        }

        var hasInfinity = false;
        var fields = new ProtobufReader(metric);
        while (fields.TryReadNext(MetricFamilyTypes.ValueField(_type), out var value))
        {
            if (!AddBounds(value, ref hasInfinity))
            {
                return false;
            }
        }

        if (IsHistogram && !hasInfinity)
        {
            AddSeries(_bucketName, BoundLabel(double.PositiveInfinity), Count);
        }

        AddSeries(_sumName, default, _value);
        batch.AddSeriesWithSameLabels(_family, _countName, new Sample(_timestampMs, Count));
        return true;
    }

    private bool AddBounds(ReadOnlySpan<byte> input, ref bool hasInfinity)
    {
        var fields = new ProtobufReader(input);
        while (fields.TryReadNext(MetricFamilyFields.Bounds, out var item))
        {
            if (!(IsHistogram ? TryReadBucket(item, out var bound, out var value) : TryReadQuantile(item, out bound, out value)))
            {
                return FailMalformedMetric();
            }

            if (IsHistogram && value < 0)
            {
                return FailMetric("has a bucket with a negative count");
            }

            hasInfinity |= double.IsPositiveInfinity(bound);
            AddSeries(_bucketName, BoundLabel(bound), value);
        }

        return true;
    }

    private static bool TryReadQuantile(ReadOnlySpan<byte> input, out double quantile, out double value)
    {
        (quantile, value) = (0, 0);
        var reader = new ProtobufReader(input);
        while (reader.TryReadTag(out var field, out var type))
        {
            _ = (field, type) switch
            {
                (MetricFamilyFields.Quantile, WireType.Fixed64) => reader.TryReadDouble(out quantile),
                (MetricFamilyFields.QuantileValue, WireType.Fixed64) => reader.TryReadDouble(out value),
                _ => reader.TrySkip(type),
            };
        }

        return !reader.IsMalformed;
    }

    private static bool TryReadBucket(ReadOnlySpan<byte> input, out double bound, out double population)
    {
        (bound, population) = (0, 0);
        var (count, countFloat) = (0UL, 0.0);
        var reader = new ProtobufReader(input);
        while (reader.TryReadTag(out var field, out var type))
        {
            _ = (field, type) switch
            {
                (MetricFamilyFields.BucketUpperBound, WireType.Fixed64) => reader.TryReadDouble(out bound),
                (MetricFamilyFields.BucketCount, WireType.Varint) => reader.TryReadVarint(out count),
                (MetricFamilyFields.BucketCountFloat, WireType.Fixed64) => reader.TryReadDouble(out countFloat),
                _ => reader.TrySkip(type),
            };
        }

        population = countFloat != 0 ? countFloat : count;
        return !reader.IsMalformed;
    }

    // ---- Series

    private readonly Label BoundLabel(double bound)
    {
        Span<byte> canonical = stackalloc byte[GoFloat.MaxLength];
        return new Label(_boundName, batch.Symbols.Intern(canonical[..GoFloat.Format(bound, canonical)]));
    }

    private readonly void AddSeries(int name, Label bound, double value) => AddSeries(name, bound, new Sample(_timestampMs, value));

    private readonly void AddSeries(int name, Label bound, Sample sample)
    {
        batch.BeginSeries(_family, name);
        foreach (var label in scratch.Labels.AsSpan(0, _labelCount))
        {
            batch.AddLabel(label.Name, label.Value);
        }

        batch.AddLabel(bound.Name, bound.Value);
        batch.AddSample(sample);
        batch.EndSeries();
    }
}
