using PushGateway.Wire;

namespace PushGateway.Groups;

/// <summary>The last push of one family of a group.</summary>
/// <param name="PushTimeNs">Time of that push, nanoseconds since the Unix epoch.</param>
/// <param name="Header">A <see cref="FamilyHeader"/>, shared and never written to.</param>
/// <param name="Series">A <see cref="SeriesSet"/>, the group's own: overwritten by the next push of the same series.</param>
internal readonly record struct FamilyState(long PushTimeNs, byte[] Header, byte[] Series)
{
    private const long NanosecondsPerMillisecond = 1_000_000;

    /// <summary>Number of series in the set.</summary>
    public int SeriesCount { get; init; }

    /// <summary>Where the last entry of the set begins.</summary>
    public int LastEntry { get; init; }

    /// <summary>The first key of the set, which is not empty.</summary>
    public ReadOnlySpan<byte> FirstKey => new BlobReader(Series).ReadBytes();

    /// <summary>The last key of the set, which is not empty.</summary>
    public ReadOnlySpan<byte> LastKey => new BlobReader(Series.AsSpan(LastEntry)).ReadBytes();

    /// <summary>The family with <see cref="SeriesCount"/> and <see cref="LastEntry"/> of its set.</summary>
    public FamilyState Measured()
    {
        var (count, last) = (0, 0);
        var series = new SeriesSetReader(Series);
        for (var start = 0; series.MoveNext(); start = series.Position)
        {
            (count, last) = (count + 1, start);
        }

        return this with { SeriesCount = count, LastEntry = last };
    }

    /// <summary>The family as a push of another time would have brought it: samples that have the time of the push have the other.</summary>
    public FamilyState At(long pushTimeNs)
    {
        if (pushTimeNs == PushTimeNs)
        {
            return this;
        }

        var (from, to) = (PushTimeNs / NanosecondsPerMillisecond, pushTimeNs / NanosecondsPerMillisecond);
        var moved = new BlobWriter();
        var series = new SeriesSetReader(Series);
        while (series.MoveNext())
        {
            var sample = series.Sample.TimestampMs == from ? series.Sample with { TimestampMs = to } : series.Sample;
            SeriesSet.WriteEntry(moved, series.Key, new HeldSample(sample, series.Held.Histogram));
        }

        return this with { PushTimeNs = pushTimeNs, Series = moved.Written.ToArray() };
    }
}
