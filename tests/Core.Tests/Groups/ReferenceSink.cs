using PushGateway.Groups;
using PushGateway.Model;
using Xunit;

namespace PushGateway.Core.Tests.Groups;

/// <summary>A time series database as far as staleness goes: of each series, what its latest sample is.</summary>
internal sealed class ReferenceSink
{
    private readonly Dictionary<string, SortedDictionary<long, bool>> _series = [];

    public void Take(TestPush push, IEnumerable<DueMarker> stale)
    {
        foreach (var series in push.Series)
        {
            foreach (var sample in series.Samples)
            {
                Store($"{push.Group} {series.Identity}", sample.TimestampMs, isStale: false);
            }
        }

        var markers = new MetricBatch();
        markers.BeginPush();
        foreach (var series in stale)
        {
            series.AddTo(markers);
        }

        foreach (var series in markers.Series)
        {
            var sample = Assert.Single(markers.SamplesOf(series).ToArray());
            Assert.True(StaleMarker.Is(sample.Value));
            var label = markers.Symbols.GetString(markers.LabelsOf(series)[0].Value);
            Store($"{push.Group} {markers.Symbols.GetString(series.Name)}{{l=\"{label}\"}}", sample.TimestampMs, isStale: true);
        }
    }

    public List<string> Live() =>
        [.. _series.Where(series => !series.Value.Last().Value).Select(series => series.Key).Order(StringComparer.Ordinal)];

    // As Prometheus does, it refuses another value for a time that it has.
    private void Store(string identity, long timestampMs, bool isStale)
    {
        if (!_series.TryGetValue(identity, out var samples))
        {
            _series.Add(identity, samples = []);
        }

        Assert.True(samples.TryAdd(timestampMs, isStale) || samples[timestampMs] == isStale, $"{identity} has two values at {timestampMs}");
    }
}
