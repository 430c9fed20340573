using System.Globalization;
using Prometheus;
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

        var pushes = (int)count.Value;
        var stored = Assert.Single(await target.Prometheus.Api.WaitForAsync(selector, pushes)).Samples;
        Assert.Equal(
            Enumerable.Range(1, pushes).Select(push => push.ToString(CultureInfo.InvariantCulture)), stored.Select(sample => sample.Value));
    }
}
