using PushGateway.Model;

namespace PushGateway.Push;

/// <summary>
/// Adds the families with which Pushgateway shows when the last push to a group succeeded and failed (<c>storage/diskmetricstore.go</c>).
/// They are ordinary families of the group, created when a message is decoded. They replace families of the same names in a client's push.
/// </summary>
internal static class PushTimes
{
    private const double NanosecondsPerSecond = 1e9;

    /// <summary>Name of the family with the time of the last successful push.</summary>
    public static ReadOnlySpan<byte> Success => "push_time_seconds"u8;

    /// <summary>Name of the family with the time of the last refused push. A replace leaves it in place.</summary>
    public static ReadOnlySpan<byte> Failure => "push_failure_time_seconds"u8;

    private static ReadOnlySpan<byte> SuccessHelp => "Last Unix time when changing this group in the Pushgateway succeeded."u8;

    private static ReadOnlySpan<byte> FailureHelp => "Last Unix time when changing this group in the Pushgateway failed."u8;

    /// <summary>Adds the time of the push, as a success or a failure, to the push.</summary>
    /// <param name="batch">The batch. The push is its current one.</param>
    /// <param name="start">Where the push begins in the batch.</param>
    /// <param name="header">The header. Operations that are neither a success nor a failure add nothing.</param>
    public static void Add(MetricBatch batch, BatchMark start, PushHeader header)
    {
        if (header.PushesToGroup)
        {
            Drop(batch, start, Success);
            Drop(batch, start, Failure);
            Add(batch, Success, SuccessHelp, TimeOf(header));
        }
        else if (header.Operation == PushOperation.Fail)
        {
            Add(batch, Failure, FailureHelp, TimeOf(header));
        }
    }

    /// <summary>Adds a time that means "never": 0.</summary>
    public static void AddNever(MetricBatch batch, ReadOnlySpan<byte> name) =>
        Add(batch, name, HelpOf(name), new Sample(Sample.NoTimestamp, 0));

    /// <summary>The help text of one of the two families.</summary>
    public static ReadOnlySpan<byte> HelpOf(ReadOnlySpan<byte> name) => name.SequenceEqual(Success) ? SuccessHelp : FailureHelp;

    private static Sample TimeOf(PushHeader header) => new(header.PushTimeNs / 1_000_000, header.PushTimeNs / NanosecondsPerSecond);

    private static void Drop(MetricBatch batch, BatchMark start, ReadOnlySpan<byte> name)
    {
        if (batch.Symbols.Find(name) is > 0 and var symbol && batch.FindFamily(symbol) is >= 0 and var family)
        {
            batch.RemoveSeries(start, family);
        }
    }

    private static void Add(MetricBatch batch, ReadOnlySpan<byte> name, ReadOnlySpan<byte> help, Sample sample)
    {
        var symbol = batch.Symbols.Intern(name);
        var family = batch.FindFamily(symbol);
        if (family < 0)
        {
            family = batch.AddFamily(symbol);
        }

        ref var entry = ref batch.Families[family];
        (entry.Type, entry.Help, entry.Unit) = (MetricType.Gauge, batch.Symbols.Intern(help), 0);
        batch.BeginSeries(family, symbol);
        batch.AddSample(sample);
        batch.EndSeries();
    }
}
