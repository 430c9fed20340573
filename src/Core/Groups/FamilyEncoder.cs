using System.Runtime.InteropServices;
using PushGateway.Model;

namespace PushGateway.Groups;

/// <summary>
/// Turns the families of a push into <see cref="FamilyState"/>s: sorted by name, no name twice. Reusable; not thread-safe.
/// </summary>
internal sealed class FamilyEncoder(BlobPool headers) : IComparer<FamilyEncoder.Entry>
{
    private const int None = -1;

    private readonly BlobWriter _keys = new();
    private readonly BlobWriter _scratch = new();
    private readonly List<Entry> _entries = [];
    private readonly List<FamilyState> _families = [];
    private int[] _firstOfFamily = [];
    private int[] _nextInFamily = [];

    /// <summary>The families of the push; valid until the next call.</summary>
    public ReadOnlySpan<FamilyState> Encode(in GroupPush push)
    {
        ChainSeriesByFamily(push);
        _families.Clear();
        for (var family = push.Start.Families; family < push.End.Families; family++)
        {
            _scratch.Clear();
            FamilyHeader.Write(_scratch, push.Batch, push.Batch.Families[family]);
            var header = headers.Intern(_scratch.Written);
            _families.Add(new FamilyState(push.Header.PushTimeNs, header, EncodeSeries(push, _firstOfFamily[family - push.Start.Families])));
        }

        SortFamilies();
        return CollectionsMarshal.AsSpan(_families);
    }

    int IComparer<Entry>.Compare(Entry x, Entry y) => KeyOf(x).SequenceCompareTo(KeyOf(y));

    // A family's series need not stand next to each other in the batch.
    private void ChainSeriesByFamily(in GroupPush push)
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

    private byte[] EncodeSeries(in GroupPush push, int first)
    {
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
            var entry = new Entry(start, _keys.Length - start, SampleOrder.Last(push.Batch.SamplesOf(series)));
            sorted = sorted && (_entries.Count == 0 || KeyOf(_entries[^1]).SequenceCompareTo(KeyOf(entry)) < 0);
            _entries.Add(entry);
        }

        if (!sorted)
        {
            _entries.Sort(this);
        }

        _scratch.Clear();
        for (var i = 0; i < _entries.Count; i++)
        {
            var key = KeyOf(_entries[i]);
            var last = _entries[i].Sample;
            while (i + 1 < _entries.Count && KeyOf(_entries[i + 1]).SequenceEqual(key))
            {
                i++;
                last = SampleOrder.Last([last, _entries[i].Sample]);
            }

            SeriesSet.WriteEntry(_scratch, key, last);
        }

        return _scratch.Written.ToArray();
    }

    private void SortFamilies()
    {
        _families.Sort(static (a, b) => FamilyHeader.Name(a.Header).SequenceCompareTo(FamilyHeader.Name(b.Header)));
        var kept = 0;
        for (var i = 1; i < _families.Count; i++)
        {
            var (last, next) = (_families[kept], _families[i]);
            if (FamilyHeader.Name(last.Header).SequenceEqual(FamilyHeader.Name(next.Header)))
            {
                _families[kept] = last with
                {
                    Header = FamilyHeader.Join(last.Header, next.Header, _scratch, headers),
                    Series = SeriesSet.Join(last.Series, next.Series, _scratch),
                };
            }
            else
            {
                _families[++kept] = next;
            }
        }

        CollectionsMarshal.SetCount(_families, Math.Min(_families.Count, kept + 1));
    }

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
