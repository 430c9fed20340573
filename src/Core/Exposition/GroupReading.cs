using PushGateway.Model;
using PushGateway.Push;

namespace PushGateway.Exposition;

/// <summary>What a group store holds, or some of it, as read from it: groups first, then ungrouped series.</summary>
/// <param name="maxBytes">About how much to take: the reading is full after that.</param>
/// <param name="pins">The labels of the series to take; null for all.</param>
public sealed class GroupReading(long maxBytes = long.MaxValue, LabelPins? pins = null) : IHeldVisitor
{
    // What a series takes in a batch beside its names and labels, about: the series and its sample, and the symbols of five labels.
    private const int BytesOfSeries = 128;

    private readonly List<ExposedGroup> _groups = [];
    private readonly List<long> _pushTimesNs = [];
    private Label[] _groupingLabels = [];
    private GroupingKey? _key;
    private BatchMark _start;
    private int _family;
    private long _bytes;

    /// <summary>
    /// The families and series of everything read. Series of groups have a timestamp only if their sender gave one
    /// (<see cref="Sample.NoTimestamp"/> otherwise); ungrouped series have theirs.
    /// </summary>
    public MetricBatch Batch { get; } = new();

    /// <summary>The groups, in ordinal order of their paths.</summary>
    public IReadOnlyList<ExposedGroup> Groups => _groups;

    /// <summary>Where the groups end in <see cref="Batch"/>, and the ungrouped series begin.</summary>
    public BatchMark GroupsEnd { get; private set; }

    /// <summary>
    /// How many series at the start of <see cref="Batch"/> only outline the families that there are, and are not written themselves.
    /// </summary>
    internal int OutlineSeries { get; private set; }

    /// <inheritdoc/>
    public bool IsFull => _bytes >= maxBytes;

    /// <inheritdoc/>
    public bool TakesOnlyGroups { get; init; }

    /// <summary>When a family of a group was pushed last, nanoseconds since the Unix epoch.</summary>
    /// <param name="family">Its index in <see cref="Batch"/>, before <see cref="GroupsEnd"/>.</param>
    public long PushTimeNs(int family) => _pushTimesNs[family];

    /// <summary>Empties the reading and keeps its memory.</summary>
    public void Clear()
    {
        Batch.Clear();
        _groups.Clear();
        _pushTimesNs.Clear();
        GroupsEnd = default;
        OutlineSeries = 0;
        _bytes = 0;
    }

    /// <inheritdoc/>
    public void BeginGroup(string path)
    {
        _key = GroupingKeyParser.TryParse(path, out var key, out var error) ? key : throw new InvalidDataException(error.Detail);
        _groupingLabels = key.LabelsIn(Batch.Symbols);
        _start = Batch.Mark;
    }

    /// <inheritdoc/>
    public bool BeginFamily(in HeldFamily family)
    {
        AddFamily(family);
        return true;
    }

    /// <inheritdoc/>
    public void Visit(ReadOnlySpan<byte> key, in Sample sample, ReadOnlySpan<byte> histogram)
    {
        if (pins is null || pins.Match(key))
        {
            SeriesKey.AddTo(Batch, _family, key, sample with { Histogram = Batch.Symbols.Intern(histogram) });
            _bytes += BytesOf(key, histogram);
        }
    }

    /// <inheritdoc/>
    public void VisitNever(ReadOnlySpan<byte> name, long heardAtNs)
    {
        if (pins is null)
        {
            Batch.BeginPush(_groupingLabels);
            PushTimes.AddNever(Batch, name);
            _pushTimesNs.Add(heardAtNs);
        }
        else
        {
            NeverPushed.Show(this, _key!, name, heardAtNs);
        }
    }

    /// <inheritdoc/>
    public void EndGroup()
    {
        _groups.Add(new ExposedGroup(_key!, _start, Batch.Mark));
        EndGroups();
        (_key, _groupingLabels) = (null, []);
    }

    /// <summary>About how many bytes a series takes in a reading and while it is written.</summary>
    internal static long BytesOf(ReadOnlySpan<byte> key, ReadOnlySpan<byte> histogram) => BytesOfSeries + key.Length + (3L * histogram.Length);

    /// <summary>Adds a family, to which the next series belong.</summary>
    internal void AddFamily(in HeldFamily family)
    {
        // A push each, which it once was: no family is too large for being read.
        Batch.BeginPush(_groupingLabels);
        var symbols = Batch.Symbols;
        _family = Batch.AddFamily(symbols.Intern(family.Name), family.Type, symbols.Intern(family.Help), symbols.Intern(family.Unit));
        _pushTimesNs.Add(family.PushTimeNs);
    }

    /// <summary>Adds a family with the header of another one, to which the next series belong.</summary>
    internal void AddFamilyLike(int family, long pushTimeNs)
    {
        Batch.BeginPush();
        var other = Batch.Families[family];
        _family = Batch.AddFamily(other.Name, other.Type, other.Help, other.Unit);
        _pushTimesNs.Add(pushTimeNs);
    }

    /// <summary>Adds a series that stands for all of its name.</summary>
    internal void AddOutlineOf(CatalogSeries series)
    {
        Batch.BeginSeries(_family, Batch.Symbols.Intern(series.Name));
        Batch.AddSample(new Sample(Sample.NoTimestamp, 0, Histogram: Batch.Symbols.Intern(series.Histogram)));
        Batch.EndSeries();
    }

    /// <summary>What was added so far is the outline.</summary>
    internal void EndOutline() => OutlineSeries = Batch.Series.Length;

    /// <summary>What was added so far belongs to groups.</summary>
    internal void EndGroups() => GroupsEnd = Batch.Mark;
}
