using System.Globalization;
using Prometheus;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests.Clients;

/// <summary>prometheus-net goes on pushing, once a second unless told otherwise, until it is stopped.</summary>
public sealed class BackgroundPusherTests(OneMachineTarget target) : IClassFixture<OneMachineTarget>
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_push_of_a_background_pusher_is_stored_once(bool replace)
    {
        await target.StartAsync();
        var selector = $"background_count{{job=\"background\",replace=\"{replace}\"}}";
        using var answers = new AnswerRecorder();
        using var http = new HttpClient(answers, disposeHandler: false);
        var registry = Metrics.NewCustomRegistry();
        var count = Metrics.WithCustomRegistry(registry).CreateGauge("background_count", "The pushes.");
        registry.AddBeforeCollectCallback(() => count.Inc());
        using var pusher = new MetricPusher(new MetricPusherOptions
        {
            Endpoint = new Uri(target.Gateway, "metrics").AbsoluteUri,
            Job = "background",
            AdditionalLabels = [Tuple.Create("replace", replace.ToString())],
            Registry = registry,
            ReplaceOnPush = replace,
            HttpClientProvider = () => http,
        });

        pusher.Start();
        await target.Prometheus.Api.WaitForAsync(selector, 3);
        await pusher.StopAsync();
        Assert.True(answers.Outcome.Succeeded, answers.Outcome.Output);

        // Stopped while it pushes, it pushes again at once: perhaps in the same millisecond, of which the later value is kept.
        var last = (int)count.Value;
        var stored = await Poll.UntilAsync(
            async token => (from sample in Assert.Single(await target.Prometheus.QueryRangeRawAsync(selector, cancellationToken: token)).Samples
                            select int.Parse(sample.Value, CultureInfo.InvariantCulture)).ToList(),
            values => values[^1] == last,
            "the last push",
            Deadlines.Delivery,
            Cancellation);
        Assert.Equal(Enumerable.Range(1, last).Where(value => value != last - 1 || stored.Contains(value)), stored);
    }
}
