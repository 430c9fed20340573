using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PushGateway.Wire;

namespace PushGateway.Model;

/// <summary>
/// The model of everything that is pushed or sent: interned symbols, families, series and samples, in the shape of remote write 2.0. It is
/// reusable: parsers append to it, and after <see cref="Clear"/> it fills again without allocating.
/// </summary>
/// <remarks>
/// Spans are valid until the next append. A parser that fails leaves a partial push, which its caller removes with <see cref="Rollback"/>.
/// Not thread-safe; the caller owns it.
/// </remarks>
public sealed class MetricBatch
{
    /// <summary>Most series in one push. Without the limit, a small compressed body could claim unbounded memory.</summary>
    public const int MaxSeriesPerPush = 1_000_000;

    /// <summary>Most labels in one push. Labels are counted once for every series that has them.</summary>
    public const int MaxLabelsPerPush = 8_000_000;

    private readonly List<MetricFamily> _families = [];
    private readonly List<Series> _series = [];
    private readonly List<Label> _labels = [];
    private readonly List<Sample> _samples = [];
    private readonly List<Label> _groupingLabels = [];
    private readonly LabelSorter _sorter = new();
    private int[] _familyOfSymbol = new int[64];
    private (int Use, int Symbol)[] _mapped = [];
    private int _uses;
    private BatchMark _group;
    private int _firstSeriesOfPush;
    private int _labelsInPush;

    /// <summary>The strings to which the symbols refer.</summary>
    public SymbolTable Symbols { get; } = new();

    /// <summary>The families. Two may have the same name when they come from different pushes (see <see cref="BeginPush"/>).</summary>
    public Span<MetricFamily> Families => CollectionsMarshal.AsSpan(_families);

    /// <summary>The series, in the order of the push. The same series may occur more than once.</summary>
    public ReadOnlySpan<Series> Series => CollectionsMarshal.AsSpan(_series);

    /// <summary>The labels of all series. The labels of each series are sorted by name, without <c>__name__</c>.</summary>
    public ReadOnlySpan<Label> Labels => CollectionsMarshal.AsSpan(_labels);

    /// <summary>The samples of all series.</summary>
    public ReadOnlySpan<Sample> Samples => CollectionsMarshal.AsSpan(_samples);

    /// <summary>The current end of the batch.</summary>
    public BatchMark Mark => new(_families.Count, _series.Count, _labels.Count, _samples.Count);

    /// <summary>Bytes of memory that the batch keeps.</summary>
    public long RetainedBytes => Symbols.RetainedBytes
        + ((long)_families.Capacity * Unsafe.SizeOf<MetricFamily>())
        + ((long)_series.Capacity * Unsafe.SizeOf<Series>())
        + ((long)_labels.Capacity * Unsafe.SizeOf<Label>())
        + ((long)_samples.Capacity * Unsafe.SizeOf<Sample>())
        + ((long)_groupingLabels.Capacity * Unsafe.SizeOf<Label>())
        + ((long)(_familyOfSymbol.Length + (2 * _mapped.Length)) * sizeof(int));

    /// <summary>Bytes of that memory that hold something.</summary>
    public long UsedBytes => Symbols.UsedBytes
        + ((long)_families.Count * Unsafe.SizeOf<MetricFamily>())
        + ((long)_series.Count * Unsafe.SizeOf<Series>())
        + ((long)_labels.Count * Unsafe.SizeOf<Label>())
        + ((long)_samples.Count * Unsafe.SizeOf<Sample>());

    /// <summary>
    /// Starts a push. Families of earlier pushes are no longer found. <see cref="Rollback"/> to the returned mark removes the push.
    /// </summary>
    /// <param name="groupingLabels">
    /// Set on every series of the push, replacing the push's own labels of the same names. A label with an empty value only removes those.
    /// </param>
    public BatchMark BeginPush(params ReadOnlySpan<Label> groupingLabels)
    {
        (_firstSeriesOfPush, _labelsInPush) = (_series.Count, 0);
        return BeginGroup(groupingLabels);
    }

    /// <summary>
    /// Starts the next group of a push to several groups. Like <see cref="BeginPush"/>, but everything still counts towards the size of the
    /// same push.
    /// </summary>
    /// <param name="groupingLabels">As for <see cref="BeginPush"/>.</param>
    public BatchMark BeginGroup(params ReadOnlySpan<Label> groupingLabels)
    {
        _group = Mark;
        _groupingLabels.Clear();
        _groupingLabels.AddRange(groupingLabels);
        return Mark;
    }

    /// <summary>Whether the symbol is the name of one of the current grouping labels.</summary>
    public bool IsGroupingLabel(int name)
    {
        foreach (ref readonly var label in CollectionsMarshal.AsSpan(_groupingLabels))
        {
            if (label.Name == name)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Removes every family, series, label and sample that was added since the mark. Symbols stay.</summary>
    public void Rollback(BatchMark mark)
    {
        _labelsInPush = mark.Series <= _firstSeriesOfPush ? 0 : _labelsInPush - CountLabels(mark.Series);
        CollectionsMarshal.SetCount(_families, mark.Families);
        CollectionsMarshal.SetCount(_series, mark.Series);
        CollectionsMarshal.SetCount(_labels, mark.Labels);
        CollectionsMarshal.SetCount(_samples, mark.Samples);
        _group = mark.Families < _group.Families || mark.Series < _group.Series ? mark : _group;
        _firstSeriesOfPush = Math.Min(_firstSeriesOfPush, mark.Series);
    }

    /// <summary>
    /// Appends a part of another batch to the current push. The labels of its series are complete. Families without a series are left out.
    /// </summary>
    /// <param name="source">The other batch.</param>
    /// <param name="start">Where the part begins. None of its families was begun before.</param>
    /// <param name="end">Where the part ends.</param>
    /// <param name="timestampMs">The timestamp of its samples that have none.</param>
    public void Append(MetricBatch source, BatchMark start, BatchMark end, long timestampMs)
    {
        var symbols = new SymbolMap(source.Symbols, Symbols, ref _mapped, ++_uses);
        var offset = Mark;
        foreach (ref readonly var label in source.Labels[start.Labels..end.Labels])
        {
            _labels.Add(new Label(symbols.Of(label.Name), symbols.Of(label.Value)));
        }

        foreach (ref readonly var sample in source.Samples[start.Samples..end.Samples])
        {
            _samples.Add(sample with
            {
                TimestampMs = sample.TimestampMs == Sample.NoTimestamp ? timestampMs : sample.TimestampMs,
                Histogram = symbols.Of(sample.Histogram),
            });
        }

        var (last, family) = (-1, -1);
        foreach (ref readonly var series in source.Series[start.Series..end.Series])
        {
            if (series.Family != last)
            {
                (last, family) = (series.Family, FindOrAddFamily(source.Families[series.Family], symbols));
            }

            Families[family].LastSeries = _series.Count;
            _series.Add(new Series
            {
                Family = family,
                Name = symbols.Of(series.Name),
                LabelStart = series.LabelStart - start.Labels + offset.Labels,
                LabelCount = series.LabelCount,
                SampleStart = series.SampleStart - start.Samples + offset.Samples,
                SampleCount = series.SampleCount,
            });
            _labelsInPush += series.LabelCount;
        }
    }

    /// <summary>
    /// Removes the series of one family from the current push. Their labels and samples stay in the batch, but no series refers to them.
    /// </summary>
    /// <param name="since">Where the current push begins.</param>
    /// <param name="family">Index of the family. The family itself stays.</param>
    public void RemoveSeries(BatchMark since, int family)
    {
        var kept = since.Series;
        for (var i = since.Series; i < _series.Count; i++)
        {
            if (_series[i].Family != family)
            {
                Families[_series[i].Family].LastSeries = kept;
                _series[kept++] = _series[i];
            }
        }

        Families[family].LastSeries = -1;
        CollectionsMarshal.SetCount(_series, kept);
    }

    /// <summary>Finds a family of the current push, or of its current group, by the symbol of its name; -1 when there is none.</summary>
    public int FindFamily(int name)
    {
        if (name >= _familyOfSymbol.Length)
        {
            return -1;
        }

        // The array may still hold entries of earlier pushes. They are recognised here.
        var family = _familyOfSymbol[name];
        return family >= _group.Families && family < _families.Count && _families[family].Name == name ? family : -1;
    }

    /// <summary>Adds a family to the current push and returns its index.</summary>
    public int AddFamily(int name, MetricType type = MetricType.Unspecified, int help = 0, int unit = 0)
    {
        if (name >= _familyOfSymbol.Length)
        {
            Array.Resize(ref _familyOfSymbol, Math.Max(name + 1, _familyOfSymbol.Length * 2));
        }

        _familyOfSymbol[name] = _families.Count;
        _families.Add(new MetricFamily { Name = name, Type = type, Help = help, Unit = unit, LastSeries = -1 });
        return _families.Count - 1;
    }

    /// <summary>Starts a series. Add its labels and samples next, then call <see cref="EndSeries"/>.</summary>
    /// <exception cref="PushTooLargeException">
    /// The push already has <see cref="MaxSeriesPerPush"/> series or <see cref="MaxLabelsPerPush"/> labels.
    /// </exception>
    public void BeginSeries(int family, int name)
    {
        ThrowIfPushIsFull();
        Families[family].LastSeries = _series.Count;
        _series.Add(new Series { Family = family, Name = name, LabelStart = _labels.Count, SampleStart = _samples.Count });
    }

    /// <summary>
    /// Adds a label to the current series. A label with an empty value is dropped, because Prometheus treats it as missing.
    /// </summary>
    public void AddLabel(int name, int value)
    {
        if (value != 0 && !IsGroupingLabel(name))
        {
            _labels.Add(new Label(name, value));
        }
        else if (name != 0)
        {
            CollectionsMarshal.AsSpan(_series)[^1].DroppedLabels += Digest(name, value);
        }
    }

    /// <summary>Adds a sample to the current series.</summary>
    public void AddSample(Sample sample) => _samples.Add(sample);

    /// <summary>
    /// Sets the timestamp of every sample added since the mark, for formats that may give the timestamp after the values.
    /// </summary>
    public void SetTimestamp(BatchMark since, long timestampMs)
    {
        foreach (ref var sample in CollectionsMarshal.AsSpan(_samples)[since.Samples..])
        {
            sample = sample with { TimestampMs = timestampMs };
        }
    }

    /// <summary>Ends the current series and sorts its labels by name. The caller must not have added the same name twice.</summary>
    public void EndSeries()
    {
        ref var series = ref CollectionsMarshal.AsSpan(_series)[^1];
        AddGroupingLabels(series.LabelStart);
        series.LabelCount = _labels.Count - series.LabelStart;
        _labelsInPush += series.LabelCount;
        series.SampleCount = _samples.Count - series.SampleStart;
    }

    /// <summary>Adds a series of one sample.</summary>
    /// <param name="family">Index of the family.</param>
    /// <param name="name">The metric's name.</param>
    /// <param name="labels">Sorted by name, without <c>__name__</c> and without empty values.</param>
    /// <param name="sample">The sample.</param>
    /// <exception cref="PushTooLargeException">As for <see cref="BeginSeries"/>.</exception>
    public void AddSeries(int family, int name, ReadOnlySpan<Label> labels, Sample sample)
    {
        ThrowIfPushIsFull();
        var (labelStart, dropped) = (_labels.Count, 0);
        if (_groupingLabels.Count == 0)
        {
            _labels.AddRange(labels);
        }
        else
        {
            dropped = AddAllButGroupingLabels(labels);
            AddGroupingLabels(labelStart);
        }

        var labelCount = _labels.Count - labelStart;
        _labelsInPush += labelCount;
        Families[family].LastSeries = _series.Count;
        _series.Add(new Series
        {
            Family = family,
            Name = name,
            LabelStart = labelStart,
            LabelCount = labelCount,
            DroppedLabels = dropped,
            SampleStart = _samples.Count,
            SampleCount = 1,
        });
        _samples.Add(sample);
    }

    /// <summary>Adds a series of one sample with the labels of the series that was ended last, without copying them.</summary>
    /// <exception cref="PushTooLargeException">As for <see cref="BeginSeries"/>.</exception>
    public void AddSeriesWithSameLabels(int family, int name, Sample sample)
    {
        ThrowIfPushIsFull();
        Families[family].LastSeries = _series.Count;
        _series.Add(_series[^1] with { Family = family, Name = name, SampleStart = _samples.Count, SampleCount = 1 });
        _labelsInPush += _series[^1].LabelCount;
        _samples.Add(sample);
    }

    /// <summary>The labels of a series, sorted by name, without <c>__name__</c>.</summary>
    public ReadOnlySpan<Label> LabelsOf(in Series series) => Labels.Slice(series.LabelStart, series.LabelCount);

    /// <summary>The samples of a series.</summary>
    public ReadOnlySpan<Sample> SamplesOf(in Series series) => Samples.Slice(series.SampleStart, series.SampleCount);

    /// <summary>A hash of the series' name and labels. Equal series have equal hashes in every batch of this process.</summary>
    internal int HashOf(in Series series)
    {
        var hash = new HashCode();
        hash.Add(Symbols.HashOf(series.Name));
        foreach (var label in LabelsOf(series))
        {
            hash.Add(Symbols.HashOf(label.Name));
            hash.Add(Symbols.HashOf(label.Value));
        }

        return hash.ToHashCode();
    }

    /// <summary>Whether the samples of a series are native histograms.</summary>
    public bool HasHistograms(in Series series) => series.SampleCount > 0 && _samples[series.SampleStart].IsHistogram;

    /// <summary>Empties the batch and keeps its memory.</summary>
    public void Clear()
    {
        Rollback(default);
        _groupingLabels.Clear();
        _sorter.Forget();
        Symbols.Clear();
    }

    /// <summary>Empties the batch, and gives memory back that has grown beyond <see cref="ReuseLimit"/>.</summary>
    public void Trim()
    {
        Rollback(default);
        _sorter.Forget();
        Symbols.Trim();
        ReuseLimit.Trim(_families);
        ReuseLimit.Trim(_series);
        ReuseLimit.Trim(_labels);
        ReuseLimit.Trim(_samples);
        ReuseLimit.Trim(_groupingLabels);
        ReuseLimit.Trim(ref _familyOfSymbol);
        ReuseLimit.Trim(ref _mapped);
    }

    private static int Digest(int name, int value) => HashCode.Combine(name, value);

    private int FindOrAddFamily(in MetricFamily family, SymbolMap symbols)
    {
        var name = symbols.Of(family.Name);
        return FindFamily(name) is >= 0 and var found ? found : AddFamily(name, family.Type, symbols.Of(family.Help), symbols.Of(family.Unit));
    }

    // Returns the digest of the labels that the grouping labels replace.
    private int AddAllButGroupingLabels(ReadOnlySpan<Label> labels)
    {
        var dropped = 0;
        foreach (var label in labels)
        {
            if (IsGroupingLabel(label.Name))
            {
                dropped += Digest(label.Name, label.Value);
            }
            else
            {
                _labels.Add(label);
            }
        }

        return dropped;
    }

    // Also sorts the labels of the series, which begin at firstLabel.
    private void AddGroupingLabels(int firstLabel)
    {
        foreach (ref readonly var label in CollectionsMarshal.AsSpan(_groupingLabels))
        {
            if (label.Value != 0)
            {
                _labels.Add(label);
            }
        }

        _sorter.Sort(CollectionsMarshal.AsSpan(_labels)[firstLabel..], Symbols);
    }

    private void ThrowIfPushIsFull()
    {
        if (_series.Count - _firstSeriesOfPush >= MaxSeriesPerPush || _labelsInPush >= MaxLabelsPerPush)
        {
            throw new PushTooLargeException();
        }
    }

    private int CountLabels(int firstSeries)
    {
        var count = 0;
        foreach (ref readonly var series in Series[firstSeries..])
        {
            count += series.LabelCount;
        }

        return count;
    }
}
