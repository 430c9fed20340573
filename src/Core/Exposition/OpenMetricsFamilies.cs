using PushGateway.Formats.OpenMetrics;
using PushGateway.Formats.Prometheus;
using PushGateway.Model;
using PushGateway.Wire;

namespace PushGateway.Exposition;

/// <summary>
/// The families of an exposition in OpenMetrics, in order of their names. What the model keeps as families of its own, <c>_created</c>,
/// <c>_gsum</c> and <c>_gcount</c>, comes back to the family it was pushed in. A family that reserves a name that another one
/// has, or whose series do not fit its type, falls apart into unknowns, one for each series name.
/// </summary>
internal sealed class OpenMetricsFamilies
{
    private readonly MetricBatch _batch;
    private readonly ExposedFamilies _text;
    private readonly List<OpenMetricsFamily> _families = [];
    private readonly int[] _familyOfName;
    private readonly int[] _parent;
    private readonly bool[] _isApart;

    public OpenMetricsFamilies(MetricBatch batch)
    {
        _batch = batch;
        _text = new ExposedFamilies(batch);
        _parent = new int[_text.Count];
        _isApart = new bool[_text.Count];
        FindParents();
        FindUnfit();
        FindClashes();
        AddFamilies();
        _families.Sort((x, y) => Names[x.Name].SequenceCompareTo(Names[y.Name]));
        _familyOfName = new int[Names.Count];
        for (var i = 0; i < _families.Count; i++)
        {
            _familyOfName[_families[i].Name] = i;
        }
    }

    /// <summary>The names of the families.</summary>
    public SymbolTable Names { get; } = new();

    /// <summary>The family of a rank.</summary>
    public OpenMetricsFamily this[int rank] => _families[rank];

    /// <summary>Writes the key of every series, in the order of the batch.</summary>
    public void WriteKeys(Span<ExposedSeries> keys)
    {
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = KeyOf(i, _batch.Series[i]);
        }
    }

    private static bool IsSimple(MetricType type) => OpenMetricsType.RolesOf(type).IsEmpty;

    // A counter's only sample has the suffix _total. Whatever is called otherwise keeps its name, and is no counter.
    private MetricType TypeOf(int rank) =>
        _text[rank].Type == MetricType.Counter && !HasSuffix(_batch.Symbols[_text[rank].Name], "_total"u8) ? MetricType.Unspecified : _text[rank].Type;

    private static bool HasSuffix(ReadOnlySpan<byte> name, ReadOnlySpan<byte> suffix) => name.Length > suffix.Length && name.EndsWith(suffix);

    // A family's name in OpenMetrics: a counter's and an info's come without the suffix of their only sample.
    private ReadOnlySpan<byte> BaseName(int rank)
    {
        var name = _batch.Symbols[_text[rank].Name];
        var suffix = TypeOf(rank) switch
        {
            MetricType.Counter => "_total"u8,
            MetricType.Info => "_info"u8,
            _ => default,
        };
        return HasSuffix(name, suffix) ? name[..^suffix.Length] : name;
    }

    private void FindParents()
    {
        var bases = new SymbolTable();
        var byBase = new List<int> { -1 };
        for (var rank = 0; rank < _parent.Length; rank++)
        {
            if (!IsSimple(TypeOf(rank)) && bases.Intern(BaseName(rank)) == byBase.Count)
            {
                byBase.Add(rank);
            }
        }

        for (var rank = 0; rank < _parent.Length; rank++)
        {
            _parent[rank] = -1;
            var name = _batch.Symbols[_text[rank].Name];
            var role = IsSimple(TypeOf(rank)) && TypeOf(rank) != MetricType.StateSet ? MemberRole(name) : OpenMetricsRole.Own;
            if (role == OpenMetricsRole.Own)
            {
                continue;
            }

            var suffix = OpenMetricsType.Suffix(role);
            var found = bases.Find(name[..^suffix.Length]);
            if (found > 0 && OpenMetricsType.RolesOf(TypeOf(byBase[found])).Contains(role))
            {
                _parent[rank] = byBase[found];
            }
        }
    }

    private static OpenMetricsRole MemberRole(ReadOnlySpan<byte> name) =>
        name.EndsWith("_created"u8) ? OpenMetricsRole.Created
        : name.EndsWith("_gsum"u8) ? OpenMetricsRole.GaugeSum
        : name.EndsWith("_gcount"u8) ? OpenMetricsRole.GaugeCount
        : OpenMetricsRole.Own;

    private void FindUnfit()
    {
        foreach (ref readonly var series in _batch.Series)
        {
            var rank = _text.RankOf(series.Family);
            _isApart[rank] |= !IsSimple(TypeOf(rank)) && !TryGetRole(rank, series, out _);
        }
    }

    private bool TryGetRole(int rank, in Series series, out OpenMetricsRole role)
    {
        var name = _batch.Symbols[series.Name];
        var baseName = BaseName(rank);
        role = OpenMetricsRole.Own;
        return name.StartsWith(baseName) && OpenMetricsType.TryGetRole(TypeOf(rank), name[baseName.Length..], out role);
    }

    // Every family reserves its names. A family with suffixes that shares a name with another family is split into unknowns, one for each series
    // name.
    private void FindClashes()
    {
        var names = new SymbolTable();
        var owners = new List<int> { -1 };
        for (var rank = 0; rank < _parent.Length; rank++)
        {
            if (_parent[rank] < 0)
            {
                Reserve(rank, suffix: default);
                foreach (var role in OpenMetricsType.RolesOf(TypeOf(rank)))
                {
                    Reserve(rank, OpenMetricsType.Suffix(role));
                }
            }
        }

        void Reserve(int rank, ReadOnlySpan<byte> suffix)
        {
            var name = names.Intern([.. BaseName(rank), .. suffix]);
            if (name == owners.Count)
            {
                owners.Add(rank);
            }
            else
            {
                _isApart[rank] = _isApart[owners[name]] = true;
            }
        }
    }

    private void AddFamilies()
    {
        for (var rank = 0; rank < _parent.Length; rank++)
        {
            var type = TypeOf(rank);
            var isOwn = IsSimple(type) ? !IsMember(rank) : !_isApart[rank];
            if (isOwn)
            {
                Add(BaseName(rank), type, _text[rank]);
            }
        }

        foreach (ref readonly var series in _batch.Series)
        {
            var rank = _text.RankOf(series.Family);
            if (_isApart[rank])
            {
                Add(_batch.Symbols[series.Name], MetricType.Unspecified, _text[rank]);
            }
        }
    }

    private bool IsMember(int rank) => _parent[rank] >= 0 && !_isApart[_parent[rank]];

    private void Add(ReadOnlySpan<byte> name, MetricType type, MetricFamily family)
    {
        var known = Names.Count;
        if (Names.Intern(name) >= known)
        {
            _families.Add(new OpenMetricsFamily(known, type, family.Help, UnitOf(name, type, family.Unit)));
        }
    }

    private int UnitOf(ReadOnlySpan<byte> name, MetricType type, int unit)
    {
        var text = _batch.Symbols[unit];
        return type is not (MetricType.Info or MetricType.StateSet)
            && name.Length > text.Length && name.EndsWith(text) && name[^(text.Length + 1)] == '_'
            ? unit
            : 0;
    }

    private ExposedSeries KeyOf(int index, in Series series)
    {
        var rank = _text.RankOf(series.Family);
        var role = OpenMetricsRole.Own;
        var name = _batch.Symbols[series.Name];
        if (IsMember(rank))
        {
            role = MemberRole(name);
            name = BaseName(_parent[rank]);
        }
        else if (!_isApart[rank])
        {
            name = BaseName(rank);
            TryGetRole(rank, series, out role);
        }

        var family = _familyOfName[Names.Find(name)];
        var samples = _batch.SamplesOf(series);
        return BoundOf(family, role, series, index) with { TimestampMs = samples.IsEmpty ? 0 : samples[0].TimestampMs };
    }

    private ExposedSeries BoundOf(int family, OpenMetricsRole role, in Series series, int index)
    {
        var boundName = role == OpenMetricsRole.Bucket ? "le"u8
            : role != OpenMetricsRole.Own ? default
            : _families[family].Type == MetricType.Summary ? "quantile"u8
            : _families[family].Type == MetricType.StateSet ? Names[_families[family].Name]
            : default;
        foreach (var label in _batch.LabelsOf(series))
        {
            if (!boundName.IsEmpty && _batch.Symbols[label.Name].SequenceEqual(boundName))
            {
                // The states of a state set have no order but that in which they were pushed.
                var bound = _families[family].Type != MetricType.StateSet
                    && GoFloat.TryParse(_batch.Symbols[label.Value], out var number) ? number : 0;
                return new ExposedSeries(family, TextRoleOf(role), bound, label.Name, index);
            }
        }

        return new ExposedSeries(family, TextRoleOf(role), 0, 0, index);
    }

    private static SeriesRole TextRoleOf(OpenMetricsRole role) => role switch
    {
        OpenMetricsRole.Bucket => SeriesRole.Bucket,
        OpenMetricsRole.Sum or OpenMetricsRole.GaugeSum => SeriesRole.Sum,
        OpenMetricsRole.Count or OpenMetricsRole.GaugeCount => SeriesRole.Count,
        OpenMetricsRole.Created => SeriesRole.Created,
        _ => SeriesRole.Own,
    };
}
