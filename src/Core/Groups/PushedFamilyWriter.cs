using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Wire;

namespace PushGateway.Groups;

/// <summary>Encodes the families of a push, sorted by name. Reusable; allocates nothing in steady state; not thread-safe.</summary>
internal sealed class PushedFamilyWriter(BlobPool headers) : IComparer<PushedFamilyWriter.Entry>
{
    private const int None = -1;

    private readonly BlobWriter _header = new();
    private readonly BlobWriter _keys = new();
    private readonly BlobWriter _series = new();
    private readonly List<Entry> _entries = [];
    private readonly List<PushedFamily> _families = [];
    private int[] _firstOfFamily = [];
    private int[] _nextInFamily = [];

    /// <summary>The families of the push; two of one name are two parts of that family.</summary>
    public ReadOnlySpan<PushedFamily> Families => CollectionsMarshal.AsSpan(_families);

    /// <summary>Number of series in all families.</summary>
    public int SeriesCount { get; private set; }

    /// <summary>How many bytes the buffers take, about.</summary>
    public long Capacity => _keys.Capacity + _series.Capacity + ((long)_entries.Capacity * Unsafe.SizeOf<Entry>()) + ((long)_nextInFamily.Length * sizeof(int));

    /// <summary>The series of a family, a <see cref="SeriesSet"/>.</summary>
    public ReadOnlySpan<byte> SeriesOf(in PushedFamily family) => _series.Written.Slice(family.Start, family.Length);

    /// <summary>Takes a push in place of the one before.</summary>
    public void Encode(in BatchedPush push)
    {
        ChainSeriesByFamily(push);
        _families.Clear();
        _series.Clear();
        SeriesCount = 0;
        var sorted = true;
        for (var i = push.Start.Families; i < push.End.Families; i++)
        {
            _header.Clear();
            FamilyHeader.Write(_header, push.Batch, push.Batch.Families[i]);
            var start = _series.Length;
            var (count, last) = WriteSeries(push, _firstOfFamily[i - push.Start.Families]);
            if (count == 0 && FamilyHeader.Name(_header.Written).SequenceEqual(PushTimes.Failure))
            {
                // A client's own, which has given way: the time of the last failure stays.
                continue;
            }

            var family = new PushedFamily(headers.Intern(_header.Written), start, _series.Length - start, count, last - start);
            SeriesCount += count;
            sorted = sorted && (_families.Count == 0 || CompareNames(_families[^1], family) <= 0);
            _families.Add(family);
        }

        if (!sorted)
        {
            _families.Sort(CompareNames);
        }
    }

    /// <summary>The families as bytes, for <see cref="Load"/>.</summary>
    public byte[] Save()
    {
        var saved = new BlobWriter();
        foreach (ref readonly var family in Families)
        {
            saved.WriteBytes(family.Header);
            saved.WriteBytes(SeriesOf(family));
        }

        return saved.Written.ToArray();
    }

    /// <summary>Takes saved families in place of the push before.</summary>
    public void Load(ReadOnlySpan<byte> saved)
    {
        _families.Clear();
        _series.Clear();
        SeriesCount = 0;
        var reader = new BlobReader(saved);
        while (!reader.AtEnd)
        {
            var family = new FamilyState(0, headers.Intern(reader.ReadBytes()), reader.ReadBytes().ToArray()).Measured();
            _families.Add(new PushedFamily(family.Header, _series.Length, family.Series.Length, family.SeriesCount, family.LastEntry));
            _series.WriteRaw(family.Series);
            SeriesCount += family.SeriesCount;
        }
    }

    int IComparer<Entry>.Compare(Entry x, Entry y) => KeyOf(x).SequenceCompareTo(KeyOf(y));

    // A family's series need not stand next to each other in the batch.
    private void ChainSeriesByFamily(in BatchedPush push)
    {
        var families = push.End.Families - push.Start.Families;
        Reserve(ref _firstOfFamily, families);
        Reserve(ref _nextInFamily, push.End.Series - push.Start.Series);
        _firstOfFamily.AsSpan(0, families).Fill(None);
        for (var i = push.End.Series - 1; i >= push.Start.Series; i--)
        {
            ref var first = ref _firstOfFamily[push.Batch.Series[i].Family - push.Start.Families];
            _nextInFamily[i - push.Start.Series] = first;
            first = i;
        }
    }

    private (int Count, int LastEntry) WriteSeries(in BatchedPush push, int first)
    {
        var (count, lastEntry) = (0, _series.Length);
        _keys.Clear();
        _entries.Clear();
        var sorted = true;
        for (var i = first; i != None; i = _nextInFamily[i - push.Start.Series])
        {
            ref readonly var series = ref push.Batch.Series[i];
            if (series.SampleCount == 0)
            {
                continue;
            }

            var start = _keys.Length;
            SeriesKey.Write(_keys, push.Batch, series);
            var entry = new Entry(start, _keys.Length - start, SampleOrder.Last(push.Batch.SamplesOf(series), push.Batch.Symbols));
            sorted = sorted && (_entries.Count == 0 || KeyOf(_entries[^1]).SequenceCompareTo(KeyOf(entry)) < 0);
            _entries.Add(entry);
        }

        if (!sorted)
        {
            _entries.Sort(this);
        }

        for (var i = 0; i < _entries.Count; i++)
        {
            var key = KeyOf(_entries[i]);
            var last = _entries[i].Sample;
            while (i + 1 < _entries.Count && KeyOf(_entries[i + 1]).SequenceEqual(key))
            {
                i++;
                last = SampleOrder.Last([last, _entries[i].Sample], push.Batch.Symbols);
            }

            lastEntry = _series.Length;
            SeriesSet.WriteEntry(_series, key, new HeldSample(last, push.Batch.Symbols));
            count++;
        }

        return (count, lastEntry);
    }

    private static int CompareNames(PushedFamily a, PushedFamily b) =>
        FamilyHeader.Name(a.Header).SequenceCompareTo(FamilyHeader.Name(b.Header));

    private ReadOnlySpan<byte> KeyOf(in Entry entry) => _keys.Written.Slice(entry.KeyStart, entry.KeyLength);

    private static void Reserve(ref int[] array, int length)
    {
        if (array.Length < length)
        {
            array = new int[Math.Max(length, array.Length * 2)];
        }
    }

    internal readonly record struct Entry(int KeyStart, int KeyLength, Sample Sample);
}
