using System.Net.Http.Headers;
using System.Text;
using Prometheus;

namespace PushGateway.EndToEnd.Tests.Clients;

/// <summary>
/// NuGet's prometheus-net. Its pusher works in the background, and pushes a last time when it is stopped. It cannot delete, which its
/// users do with <see cref="HttpClient"/>. It escapes nothing, so that a slash separates, and refuses empty values.
/// </summary>
sealed class DotnetPushClient() : PushClient("dotnet")
{
    const string Instance = "host-1";

    static readonly Tuple<string, string>[][] KeyLabels =
    [
        [Tuple.Create("instance", "x/rack/7")],
        [Tuple.Create("city", "Köln Süd")],
        [Tuple.Create("b", "2"), Tuple.Create("a", "1")],
    ];

    internal override IReadOnlyList<string> Keys =>
    [
        "{instance=\"x\",job=\"dotnet\",rack=\"7\"}",
        "{city=\"Köln Süd\",job=\"dotnet\"}",
        "{a=\"1\",b=\"2\",job=\"dotnet\"}",
    ];

    internal override async Task<ClientOutcome> RunAsync(string step, Uri gateway, ClientCredential? credential)
    {
        using var answers = new AnswerRecorder();
        using var http = new HttpClient(answers, disposeHandler: false);
        if (credential is not null)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.User}:{credential.Secret}")));
        }

        var endpoint = $"{Url(gateway)}/metrics";
        switch (step)
        {
            case PushStep.Push:
                await PushAsync(Fill, replace: true, Instance);
                break;
            case PushStep.Add:
                await PushAsync(metrics => metrics.CreateGauge("batch_load", "The load.").Set(22.5), replace: false, Instance);
                break;
            case PushStep.Replace:
                await PushAsync(metrics => metrics.CreateGauge("batch_load", "The load.").Set(-3), replace: true, Instance);
                break;
            case PushStep.Delete:
                await DeleteAsync($"instance/{Instance}");
                break;
            case PushStep.Keys:
                foreach (var labels in KeyLabels)
                    await PushAsync(metrics => metrics.CreateGauge("batch_key", "Is there.", ["client"]).WithLabels(Job).Set(1), replace: true, labels: labels);
                break;
            case PushStep.Forget:
                foreach (var labels in KeyLabels)
                    await DeleteAsync(string.Join('/', labels.Select(label => $"{label.Item1}/{label.Item2}")));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(step), step, null);
        }

        return answers.Outcome;

        async Task PushAsync(Action<IMetricFactory> fill, bool replace, string? instance = null, Tuple<string, string>[]? labels = null)
        {
            var registry = Metrics.NewCustomRegistry();
            fill(Metrics.WithCustomRegistry(registry));
            using var pusher = new MetricPusher(new MetricPusherOptions
            {
                Endpoint = endpoint,
                Job = Job,
                Instance = instance,
                AdditionalLabels = labels,
                Registry = registry,
                ReplaceOnPush = replace,
                HttpClientProvider = () => http,
            });
            pusher.Start();
            await pusher.StopAsync();
        }

        async Task DeleteAsync(string grouping)
        {
            using var answer = await http.DeleteAsync(new Uri($"{endpoint}/job/{Job}/{grouping}"));
        }
    }

    static void Fill(IMetricFactory metrics)
    {
        metrics.CreateGauge("batch_load", "The load.").Set(21.5);
        metrics.CreateCounter("batch_runs_total", "The runs.").Inc(3);
        var duration = metrics.CreateHistogram(
            "batch_duration_seconds", "How long.", new HistogramConfiguration { Buckets = [0.1, 1, 10] });
        duration.Observe(0.5);
        duration.Observe(2);
    }
}
