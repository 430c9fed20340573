using PushGateway.Model;
using PushGateway.Sinks;

namespace PushGateway.Delivery;

/// <summary>
/// Turns the series of many messages into one run of samples, sorted by series and time, without exact duplicates.
/// Reusable; once grown it allocates nothing.
/// </summary>
internal sealed class Coalescer
{
    private int[] _first = [];
    private int[] _next = [];
    private SeriesSample[] _samples = [];
    private readonly List<(int Dropped, int Kept)> _dropped = [];
    private readonly List<int> _superseded = [];

    /// <summary>
    /// The samples that were left out because an equal one stands for them, as indexes in <see cref="MetricBatch.Samples"/>. One that stands
    /// for another may be superseded itself.
    /// </summary>
    public IReadOnlyList<(int Dropped, int Kept)> Dropped => _dropped;

    /// <summary>The samples that were left out for good, because a later push of their millisecond has another value.</summary>
    public IReadOnlyList<int> Superseded => _superseded;

    /// <summary>Forgets what was left out.</summary>
    public void Forget()
    {
        _dropped.Clear();
        _superseded.Clear();
    }

    /// <summary>Coalesces every series of the batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="messages">The messages, by their place among those received; the owner of a sample is an index in here.</param>
    /// <param name="markerOwners">The owners of the last series of the batch, which stand behind those of the messages.</param>
    /// <param name="settled">By index of a sample, whether it is settled and left out.</param>
    /// <returns>
    /// The samples, valid until the next call. Of two with one timestamp, only the first is among them, unless the second supersedes it. The
    /// second stays open, to be sent later.
    /// </returns>
    public ReadOnlyMemory<SeriesSample> Coalesce(
        MetricBatch batch, ReadOnlyMemory<DecodedMessage> messages, ReadOnlySpan<int> markerOwners, ReadOnlySpan<bool> settled = default)
    {
        Forget();
        var seriesCount = batch.Series.Length;
        Grow(ref _first, seriesCount);
        Grow(ref _next, seriesCount + 1);
        FindFirstOfEach(batch);
        var count = LayOut(batch, messages.Span, markerOwners.Length);
        Fill(batch, messages.Span, markerOwners);
        return _samples.AsMemory(0, SortAndDeduplicate(LeaveOut(settled, count), messages));
    }

    // _first[s] becomes the first series equal to s.
    private void FindFirstOfEach(MetricBatch batch)
    {
        using var index = new SeriesIndex(batch, batch.Series.Length);
        for (var s = 0; s < batch.Series.Length; s++)
        {
            _first[s] = index.FindOrAdd(s);
        }
    }

    // A counting sort: _next[s] becomes where the samples of series s begin, series in the order of their first appearance. Series that
    // belong to no message, because theirs was refused, count for nothing.
    private int LayOut(MetricBatch batch, ReadOnlySpan<DecodedMessage> messages, int markers)
    {
        var series = batch.Series;
        Array.Clear(_next, 0, series.Length + 1);
        foreach (ref readonly var message in messages)
        {
            Count(series, message.Start.Series, message.End.Series);
        }

        Count(series, series.Length - markers, series.Length);
        var start = 0;
        for (var s = 0; s < series.Length; s++)
        {
            (_next[s], start) = (start, start + _next[s]);
        }

        return start;
    }

    private void Count(ReadOnlySpan<Series> series, int start, int end)
    {
        for (var s = start; s < end; s++)
        {
            _next[_first[s]] += series[s].SampleCount;
        }
    }

    private void Fill(MetricBatch batch, ReadOnlySpan<DecodedMessage> messages, ReadOnlySpan<int> markerOwners)
    {
        if (_samples.Length < batch.Samples.Length)
        {
            _samples = new SeriesSample[Math.Max(batch.Samples.Length, _samples.Length * 2)];
        }

        for (var owner = 0; owner < messages.Length; owner++)
        {
            for (var s = messages[owner].Start.Series; s < messages[owner].End.Series; s++)
            {
                Fill(batch, s, owner);
            }
        }

        for (var marker = 0; marker < markerOwners.Length; marker++)
        {
            Fill(batch, batch.Series.Length - markerOwners.Length + marker, markerOwners[marker]);
        }
    }

    private void Fill(MetricBatch batch, int series, int owner)
    {
        ref readonly var entry = ref batch.Series[series];
        var index = entry.SampleStart;
        foreach (var sample in batch.SamplesOf(entry))
        {
            _samples[_next[_first[series]]++] = new SeriesSample(_first[series], owner, sample) { Index = index++ };
        }
    }

    private int LeaveOut(ReadOnlySpan<bool> settled, int count)
    {
        if (!settled.Contains(true))
        {
            return count;
        }

        var kept = 0;
        foreach (var sample in _samples.AsSpan(0, count))
        {
            if (!settled[sample.Index])
            {
                _samples[kept++] = sample;
            }
        }

        return kept;
    }

    private int SortAndDeduplicate(int count, ReadOnlyMemory<DecodedMessage> messages)
    {
        var kept = 0;
        for (var start = 0; start < count;)
        {
            var end = start + 1;
            var sorted = true;
            while (end < count && _samples[end].Series == _samples[start].Series)
            {
                sorted &= _samples[end - 1].Sample.TimestampMs < _samples[end].Sample.TimestampMs;
                end++;
            }

            var run = _samples.AsSpan(start, end - start);
            if (!sorted)
            {
                run.Sort(new ByTimeAndPush(messages));
            }

            kept = sorted ? CopyDown(run, kept) : Deduplicate(run, kept, messages.Span);
            start = end;
        }

        return kept;
    }

    private int CopyDown(ReadOnlySpan<SeriesSample> run, int kept)
    {
        run.CopyTo(_samples.AsSpan(kept));
        return kept + run.Length;
    }

    private int Deduplicate(ReadOnlySpan<SeriesSample> run, int kept, ReadOnlySpan<DecodedMessage> messages)
    {
        var first = kept;
        foreach (var sample in run)
        {
            if (kept > first && _samples[kept - 1].Sample.TimestampMs == sample.Sample.TimestampMs)
            {
                ref var last = ref _samples[kept - 1];
                if (SameValue(last, sample))
                {
                    _dropped.Add((sample.Index, last.Index));
                }
                else if (Supersedes(last, sample, messages))
                {
                    _superseded.Add(last.Index);
                    last = sample;
                }

                // Otherwise it waits for a later request: of two values in one, Prometheus drops the second and says nothing.
            }
            else
            {
                _samples[kept++] = sample;
            }
        }

        return kept;
    }

    // Two pushes within one millisecond, neither of which gave a timestamp: the later one is the value, as in a Pushgateway.
    // Timestamps that the senders gave conflict at the sink: it refuses one of them for all to see.
    private static bool Supersedes(in SeriesSample earlier, in SeriesSample later, ReadOnlySpan<DecodedMessage> messages) =>
        messages[earlier.Owner].Gave(earlier.Sample) && messages[later.Owner].Gave(later.Sample);

    private static bool SameValue(in SeriesSample a, in SeriesSample b) =>
        BitConverter.DoubleToInt64Bits(a.Sample.Value) == BitConverter.DoubleToInt64Bits(b.Sample.Value)
        && a.Sample.Histogram == b.Sample.Histogram;

    private static void Grow(ref int[] array, int length)
    {
        if (array.Length < length)
        {
            array = new int[Math.Max(length, array.Length * 2)];
        }
    }

    private readonly struct ByTimeAndPush(ReadOnlyMemory<DecodedMessage> messages) : IComparer<SeriesSample>
    {
        public int Compare(SeriesSample x, SeriesSample y)
        {
            var order = x.Sample.TimestampMs.CompareTo(y.Sample.TimestampMs);
            if (order == 0)
            {
                order = messages.Span[x.Owner].Header.PushTimeNs.CompareTo(messages.Span[y.Owner].Header.PushTimeNs);
            }

            return order == 0 ? x.Owner.CompareTo(y.Owner) : order;
        }
    }
}
