using System.Collections;
using System.Runtime.InteropServices;
using PushGateway.Groups;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Queue;
using PushGateway.Sinks;

namespace PushGateway.Delivery;

/// <summary>
/// Messages on their way to the sink: their samples, the stale markers of the series that they have ended, and what has become of each.
/// Reusable through <see cref="Clear"/>; not thread-safe.
/// </summary>
internal sealed class DeliveryBatch
{
    // A batch that a giant push made grow beyond this is not used again.
    private const long MaxKeptBytes = 16 * 1024 * 1024;

    private readonly Coalescer _coalescer = new();
    private readonly List<ReceivedMessage> _received = [];
    private readonly List<DecodedMessage> _decoded = [];
    private readonly List<int> _markerOwners = [];
    private readonly Dictionary<int, string> _tooOld = [];
    private DecodedMessage[] _coalesced = [];
    private MessageFate[] _fates = [];
    private bool[] _settled = [];
    private bool[] _unknown = [];
    private int _firstMarkerSample;

    /// <summary>The samples.</summary>
    public MetricBatch Samples { get; } = new();

    /// <summary>What has become of its messages.</summary>
    public BatchOutcome? Outcome { get; set; }

    /// <summary>Messages on which the code has failed.</summary>
    public List<HeldMessage> Faulty { get; } = [];

    /// <summary>Requests that were sent of it.</summary>
    public int Requests { get; set; }

    /// <summary>Number of messages.</summary>
    public int Count => _received.Count;

    /// <summary>What is applied to the group store.</summary>
    public List<BatchedPush> Pushes { get; } = [];

    /// <summary>The message of each of <see cref="Pushes"/>.</summary>
    public List<int> PushOwners { get; } = [];

    /// <summary>The series that the pushes have ended. Their markers are the last series of the batch.</summary>
    public List<DueMarker> Markers { get; } = [];

    /// <summary>Whether the batch is small enough to be used again.</summary>
    public bool IsReusable => Samples.RetainedBytes <= MaxKeptBytes;

    public ReceivedMessage this[int message] => _received[message];

    /// <summary>Adds a message whose samples were appended since the mark.</summary>
    public void Add(ReceivedMessage received, PushHeader header, BatchMark start)
    {
        Pushes.Add(new BatchedPush(header, Samples, start, Samples.Mark));
        PushOwners.Add(_received.Count);
        _received.Add(received);
        _decoded.Add(new DecodedMessage(header, start, Samples.Mark));
    }

    /// <summary>Ends the adding of messages.</summary>
    public void Seal()
    {
        _coalescer.Forget();
        Grow(ref _fates, Count);
        _firstMarkerSample = Samples.Samples.Length;
        Grow(ref _settled, _firstMarkerSample);
        Grow(ref _unknown, _firstMarkerSample);
    }

    /// <summary>Adds the stale markers of what the pushes have ended. A push with a marker that is later than its turn comes again.</summary>
    public void AddMarkers(IReadOnlyList<DueMarker> markers)
    {
        if (markers.Count == 0)
        {
            return;
        }

        Samples.BeginPush();
        foreach (var marker in markers)
        {
            if (marker.TimestampMs > Outcome!.LatestMs)
            {
                ref var fate = ref _fates[PushOwners[marker.Push]];
                (fate.IsUnfinished, fate.Failure) = (true, BatchOutcome.OlderFirst);
                continue;
            }

            marker.AddTo(Samples);
            Markers.Add(marker);
            _markerOwners.Add(PushOwners[marker.Push]);
        }

        Grow(ref _settled, Samples.Samples.Length);
        Grow(ref _unknown, Samples.Samples.Length);
    }

    /// <summary>Whether the group store has kept a message back.</summary>
    public bool HasWithheld => Array.Exists(_fates, fate => fate.IsWithheld);

    public ref MessageFate Fate(int message) => ref _fates[message];

    /// <summary>Takes over what is known of a message's samples from an earlier try.</summary>
    public void Resume(int message, HeldMessage held)
    {
        held.Settled?.CopyTo(_settled, _decoded[message].Start.Samples);
        held.Unknown?.CopyTo(_unknown, _decoded[message].Start.Samples);
        _fates[message].WasSent = held.WasSent;
    }

    // A sample that was left out for another is settled with it, so the target may have what its message brings, too.
    private bool HasLeftOut => _coalescer.Dropped.Count + _coalescer.Superseded.Count > 0;

    /// <summary>
    /// The messages that are about to be sent for the first time: no request with samples of them has reached the target. With them those that
    /// are withheld, when their samples may be settled with equal ones of other messages.
    /// </summary>
    public List<ReceivedMessage> Unsent()
    {
        var unsent = new List<ReceivedMessage>();
        for (var i = 0; i < Count; i++)
        {
            if (_fates[i] is { WasSent: false } fate && (HasLeftOut || !fate.IsWithheld) && !_received[i].IsRedelivered)
            {
                unsent.Add(_received[i]);
            }
        }

        return unsent;
    }

    /// <summary>Notes that a request with these samples may have reached the target.</summary>
    public void NoteSent(ReadOnlySpan<SeriesSample> samples)
    {
        foreach (ref readonly var sample in samples)
        {
            _fates[sample.Owner].WasSent = true;
        }

        for (var i = 0; HasLeftOut && i < Count; i++)
        {
            _fates[i].WasSent = true;
        }
    }

    /// <summary>Notes that the target may have samples although their request failed.</summary>
    public void NoteUnknown(ReadOnlySpan<SeriesSample> samples)
    {
        foreach (ref readonly var sample in samples)
        {
            _unknown[sample.Index] = true;
        }
    }

    /// <summary>Whether the target may have got the sample in an earlier request.</summary>
    public bool MayHaveArrived(in SeriesSample sample) => _unknown[sample.Index] || _received[sample.Owner].IsRedelivered;

    /// <summary>Settles a sample that has become too old for the target.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="name">Its series and time, for the reader of a dead letter.</param>
    public void SettleTooOld(in SeriesSample sample, string name)
    {
        Settle(sample);
        if (!IsMarker(sample) && _tooOld.TryAdd(sample.Index, name))
        {
            NoteTooOld(sample.Owner, name);
        }
    }

    /// <summary>
    /// Whether a sample has the time of its push. Another value that the target has of that time is then from a later push of the millisecond.
    /// </summary>
    public bool IsAssigned(in SeriesSample sample) => _decoded[sample.Owner].Gave(sample.Sample);

    /// <summary>Notes that a sample needs no more work: it was delivered, or refused for good.</summary>
    public void Settle(in SeriesSample sample) => _settled[sample.Index] = true;

    /// <summary>Notes that samples were delivered.</summary>
    public void Settle(ReadOnlySpan<SeriesSample> samples)
    {
        foreach (ref readonly var sample in samples)
        {
            _settled[sample.Index] = true;
        }
    }

    /// <summary>Whether a sample is a stale marker of the gateway's own.</summary>
    public bool IsMarker(in SeriesSample sample) => sample.Index >= _firstMarkerSample;

    /// <summary>
    /// Settles the samples that a later push of their millisecond supersedes, whether or not that push is withheld: a target that had the
    /// sample would refuse the later one.
    /// </summary>
    public void SettleSuperseded()
    {
        Grow(ref _coalesced, Count);
        for (var i = 0; i < Count; i++)
        {
            _coalesced[i] = Outcome!.IsSettled(_received[i]) ? _decoded[i] with { End = _decoded[i].Start } : _decoded[i];
        }

        CoalesceInPlace();
        SettleDropped();
    }

    /// <summary>The open samples of the messages that are not withheld, sorted by series and time; valid until the next call.</summary>
    public ReadOnlyMemory<SeriesSample> Coalesce()
    {
        Grow(ref _coalesced, Count);
        for (var i = 0; i < Count; i++)
        {
            _coalesced[i] = _fates[i].IsWithheld ? _decoded[i] with { End = _decoded[i].Start } : _decoded[i];
        }

        for (var i = 0; i < _markerOwners.Count; i++)
        {
            // Its message waits, and is applied again.
            _settled[_firstMarkerSample + i] |= _fates[_markerOwners[i]].IsWithheld;
        }

        return CoalesceInPlace();
    }

    /// <summary>Settles the samples that were left out for an equal one: each is settled when the one that stands for it is.</summary>
    public void SettleDropped()
    {
        foreach (var (dropped, kept) in _coalescer.Dropped)
        {
            _settled[dropped] = _settled[kept];
            if (_tooOld.TryGetValue(kept, out var name) && _tooOld.TryAdd(dropped, name))
            {
                NoteTooOld(_decoded.FindIndex(message => dropped < message.End.Samples), name);
            }
        }
    }

    /// <summary>Whether everything of a message is settled, its markers included.</summary>
    public bool IsSettled(int message)
    {
        if (_fates[message] is { IsWithheld: true } or { IsUnfinished: true })
        {
            return false;
        }

        var (start, end) = (_decoded[message].Start, _decoded[message].End);
        for (var s = start.Series; s < end.Series; s++)
        {
            ref readonly var series = ref Samples.Series[s];
            if (_settled.AsSpan(series.SampleStart, series.SampleCount).Contains(false))
            {
                return false;
            }
        }

        return AreMarkersSettled(message);
    }

    /// <summary>Whether the sink has every marker of a message.</summary>
    public bool AreMarkersSettled(int message)
    {
        if (_fates[message] is { IsWithheld: true } or { IsUnfinished: true })
        {
            return false;
        }

        for (var i = 0; i < _markerOwners.Count; i++)
        {
            if (_markerOwners[i] == message && !_settled[_firstMarkerSample + i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The stale markers among samples.</summary>
    public ReadOnlyMemory<SeriesSample> MarkersAmong(ReadOnlyMemory<SeriesSample> samples)
    {
        var markers = new List<SeriesSample>();
        foreach (ref readonly var sample in samples.Span)
        {
            if (IsMarker(sample))
            {
                markers.Add(sample);
            }
        }

        return markers.ToArray();
    }

    /// <summary>The markers that the sink has, or refuses for good.</summary>
    public IEnumerable<DueMarker> SettledMarkers()
    {
        for (var i = 0; i < Markers.Count; i++)
        {
            if (_settled[_firstMarkerSample + i] && !_fates[_markerOwners[i]].IsWithheld)
            {
                yield return Markers[i];
            }
        }
    }

    /// <summary>Which samples of a message are settled, in their order in the message.</summary>
    public BitArray? SettledOf(int message) => BitsOf(message, _settled);

    /// <summary>Which samples of a message the target may have, in their order in the message.</summary>
    public BitArray? UnknownOf(int message) => BitsOf(message, _unknown);

    /// <summary>Number of samples of a message that are not settled.</summary>
    public int CountOpen(int message)
    {
        var count = 0;
        for (var s = _decoded[message].Start.Series; s < _decoded[message].End.Series; s++)
        {
            ref readonly var series = ref Samples.Series[s];
            count += _settled.AsSpan(series.SampleStart, series.SampleCount).Count(false);
        }

        return count;
    }

    /// <summary>Hashes of a message's series, as far as they have open samples or markers.</summary>
    public int[] OpenSeriesOf(int message)
    {
        var hashes = new HashSet<int>();
        for (var s = _decoded[message].Start.Series; s < _decoded[message].End.Series; s++)
        {
            AddIfOpen(s, hashes);
        }

        var firstMarker = Samples.Series.Length - _markerOwners.Count;
        for (var i = 0; i < _markerOwners.Count; i++)
        {
            if (_markerOwners[i] == message)
            {
                hashes.Add(Samples.HashOf(Samples.Series[firstMarker + i]));
            }
        }

        return [.. hashes];
    }

    /// <summary>Time of the oldest sample of a message, milliseconds since the Unix epoch.</summary>
    public long OldestMs(int message)
    {
        var oldest = long.MaxValue;
        foreach (ref readonly var sample in Samples.Samples[_decoded[message].Start.Samples.._decoded[message].End.Samples])
        {
            oldest = Math.Min(oldest, sample.TimestampMs);
        }

        return oldest;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _settled.AsSpan(0, Math.Min(_settled.Length, Samples.Samples.Length)).Clear();
        _unknown.AsSpan(0, Math.Min(_unknown.Length, Samples.Samples.Length)).Clear();
        _fates.AsSpan(0, Math.Min(_fates.Length, Count)).Clear();
        _coalesced.AsSpan(0, Math.Min(_coalesced.Length, Count)).Clear();
        Samples.Clear();
        _received.Clear();
        _decoded.Clear();
        _markerOwners.Clear();
        _tooOld.Clear();
        _firstMarkerSample = 0;
        Requests = 0;
        Outcome = null;
        Faulty.Clear();
        Pushes.Clear();
        PushOwners.Clear();
        Markers.Clear();
    }

    private void NoteTooOld(int message, string name)
    {
        ref var fate = ref _fates[message];
        fate.TooOld ??= name;
        fate.TooOldCount++;
    }

    private ReadOnlyMemory<SeriesSample> CoalesceInPlace()
    {
        var samples = _coalescer.Coalesce(
            Samples, _coalesced.AsMemory(0, Count), CollectionsMarshal.AsSpan(_markerOwners), _settled.AsSpan(0, Samples.Samples.Length));
        foreach (var sample in _coalescer.Superseded)
        {
            _settled[sample] = true;
        }

        return samples;
    }

    private BitArray? BitsOf(int message, bool[] flags)
    {
        var (start, end) = (_decoded[message].Start.Samples, _decoded[message].End.Samples);
        return flags.AsSpan(start, end - start).Contains(true) ? new BitArray(flags[start..end]) : null;
    }

    private void AddIfOpen(int series, HashSet<int> hashes)
    {
        ref readonly var entry = ref Samples.Series[series];
        if (_settled.AsSpan(entry.SampleStart, entry.SampleCount).Contains(false))
        {
            hashes.Add(Samples.HashOf(entry));
        }
    }

    private static void Grow<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            Array.Resize(ref array, Math.Max(length, array.Length * 2));
        }
    }
}
