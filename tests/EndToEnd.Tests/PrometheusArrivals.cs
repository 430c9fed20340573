using System.Globalization;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests;

/// <summary>Waits for samples in a target.</summary>
static class PrometheusArrivals
{
    /// <summary>Waits until the target holds as many samples of the selected series, or more, and returns them all.</summary>
    internal static Task<IReadOnlyList<Series>> WaitForAsync(this PrometheusApi api, string selector, int samples) =>
        Poll.UntilAsync(
            token => api.QueryRangeRawAsync(selector, cancellationToken: token),
            series => series.Sum(one => one.Samples.Count) >= samples,
            string.Create(CultureInfo.InvariantCulture, $"{samples} samples of {selector}"),
            Deadlines.Delivery,
            TestContext.Current.CancellationToken);

    /// <summary>Waits for the one sample of the one selected series.</summary>
    internal static async Task<(Series Series, Sample Sample)> WaitForOneAsync(this PrometheusApi api, string selector)
    {
        var series = Assert.Single(await api.WaitForAsync(selector, 1));
        return (series, Assert.Single(series.Samples));
    }
}
