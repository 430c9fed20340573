using PushGateway.Model;
using PushGateway.Push;

namespace PushGateway.Core.Tests.Groups;

/// <summary>A push in plain objects.</summary>
internal sealed record TestPush(PushOperation Operation, string? Group, long TimeNs, TestSeries[] Series)
{
    public TimeSpan? TimeToLive { get; init; }

    public PushPart? Part { get; init; }

    public static GroupingKey Key(string path)
    {
        var parts = path.Split('/');
        return new GroupingKey([.. parts.Chunk(2).Select(pair => KeyValuePair.Create(pair[0], pair[1]))], path);
    }

    public BatchedPush ToGroupPush()
    {
        var batch = new MetricBatch();
        var start = batch.BeginPush();
        foreach (var series in Series)
        {
            var name = batch.Symbols.Intern(series.Family);
            var family = batch.FindFamily(name);
            if (family < 0)
            {
                family = batch.AddFamily(name, series.Type, batch.Symbols.Intern(series.Help));
            }

            batch.BeginSeries(family, batch.Symbols.Intern(series.Name));
            batch.AddLabel(batch.Symbols.Intern("l"), batch.Symbols.Intern(series.Label));
            foreach (var sample in series.Samples)
            {
                batch.AddSample(sample with { Histogram = sample.IsHistogram ? batch.Symbols.Intern($"h{sample.Histogram}") : 0 });
            }

            batch.EndSeries();
        }

        var header = new PushHeader(Operation, Group is null ? null : Key(Group), TimeNs) { TimeToLive = TimeToLive, Part = Part };
        return new BatchedPush(header, batch, start, batch.Mark);
    }

    /// <summary>The push as several messages would bring it.</summary>
    public IEnumerable<TestPush> Split(Random random)
    {
        var parts = random.Next(1, 4);
        return Series.Length == 0 || parts == 1
            ? [this]
            : Series.GroupBy(_ => random.Next(parts)).Select(part => this with { Series = [.. part] });
    }
}
