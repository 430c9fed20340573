using PushGateway.Model;
using PushGateway.Push;

namespace PushGateway.Core.Tests.Groups;

/// <summary>Groups the slow and obvious way: all pushes are kept, and the state is worked out from the whole set of them.</summary>
internal static class ReferenceGroups
{
    public static List<string> Grouped(IReadOnlyCollection<TestPush> pushes)
    {
        var lines = new List<string>();
        foreach (var group in pushes.Where(push => push.Group is not null).GroupBy(push => push.Group))
        {
            foreach (var family in Alive([.. group]).SelectMany(push => push.Series.Select(series => (push.TimeNs, series))).GroupBy(pair => pair.series.Family))
            {
                var latest = family.Max(pair => pair.TimeNs);
                var series = family.Where(pair => pair.TimeNs == latest).Select(pair => pair.series).ToList();
                var type = series.Max(one => one.Type);
                var help = series.Select(one => one.Help).Max(StringComparer.Ordinal)!;
                lines.AddRange(series.GroupBy(one => one.Identity).Select(same => GroupDump.Line(
                    family.Key, type, help, same.First().Name, same.First().Label, WithoutAssignedTime(Last(same.SelectMany(one => one.Samples)), latest))));
            }
        }

        return [.. lines.Order(StringComparer.Ordinal)];
    }

    /// <summary>Group and identity of every series that lives in the end.</summary>
    public static List<string> Identities(IReadOnlyCollection<TestPush> pushes)
    {
        var lines = new List<string>();
        foreach (var group in pushes.GroupBy(push => push.Group))
        {
            var alive = Alive([.. group]);
            foreach (var family in alive.SelectMany(push => push.Series.Select(series => (push.TimeNs, series))).GroupBy(pair => pair.series.Family))
            {
                var latest = family.Max(pair => pair.TimeNs);
                lines.AddRange(family.Where(pair => pair.TimeNs == latest).Select(pair => $"{group.Key} {pair.series.Identity}"));
            }
        }

        return [.. lines.Distinct().Order(StringComparer.Ordinal)];
    }

    public static List<string> Ungrouped(IReadOnlyCollection<TestPush> pushes)
    {
        var samples = pushes.Where(push => push.Group is null)
            .SelectMany(push => push.Series.SelectMany(series => series.Samples.Select(sample => (push.TimeNs, series, sample))));
        return
        [
            .. samples.GroupBy(one => one.series.Identity)
                .Select(same => same.OrderBy(one => one.sample.TimestampMs).ThenBy(one => one.TimeNs)
                    .ThenBy(one => BitConverter.DoubleToUInt64Bits(one.sample.Value)).ThenBy(one => one.sample.IsInteger)
                    .ThenBy(one => one.sample.Histogram).Last())
                .Select(last => GroupDump.Line("", default, "", last.series.Name, last.series.Label, last.sample))
                .Order(StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<TestPush> Alive(IReadOnlyCollection<TestPush> group)
    {
        var deleted = Latest(group.Where(push => push.Operation is PushOperation.Delete or PushOperation.Expire));
        var replaced = Latest(group.Where(push => push.Operation is PushOperation.Replace));
        return group.Where(push => push.TimeNs > deleted && (push.TimeNs >= replaced || push.Operation is PushOperation.Fail));
    }

    private static Sample WithoutAssignedTime(Sample sample, long pushTimeNs) =>
        sample.TimestampMs == pushTimeNs / 1_000_000 ? sample with { TimestampMs = Sample.NoTimestamp } : sample;

    private static long Latest(IEnumerable<TestPush> pushes) => pushes.Select(push => push.TimeNs).DefaultIfEmpty(long.MinValue).Max();

    private static Sample Last(IEnumerable<Sample> samples) =>
        samples.OrderBy(sample => sample.TimestampMs).ThenBy(sample => BitConverter.DoubleToUInt64Bits(sample.Value)).ThenBy(sample => sample.IsInteger)
            .ThenBy(sample => sample.Histogram).Last();
}
