using System.Globalization;
using System.Text;
using System.Text.Json;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests;

/// <summary><c>GET /metrics</c> as those read it for whom it is written: Prometheus in each of its formats, promtool, the official Python client.</summary>
public sealed class ScrapeTests
{
    // Two groups, one of them with an instance, with everything that a family can be; and a series that both groups give.
    const string Pushed = """
        # HELP scrape_requests_total Help with "quotes" and \\ and é.
        # TYPE scrape_requests_total counter
        scrape_requests_total{path="/a\"b\\c\nd"} 3
        scrape_requests_total{path=""} 1e21
        # TYPE scrape_jobs counter
        scrape_jobs 7
        # TYPE scrape_temperature gauge
        scrape_temperature{room="k"} -0.000001
        scrape_temperature{room="inf"} -Inf
        scrape_nan NaN
        # TYPE scrape_seconds histogram
        scrape_seconds_bucket{le="0.5"} 1
        scrape_seconds_bucket{le="1000000"} 4
        scrape_seconds_bucket{le="+Inf"} 5
        scrape_seconds_sum 12.5
        scrape_seconds_count 5
        # TYPE scrape_size summary
        scrape_size{quantile="0.5"} 1
        scrape_size{quantile="0.99"} NaN
        scrape_size_sum 20
        scrape_size_count 20000001

        """;

    static readonly string[] Expected =
    [
        "scrape_jobs{job=scrape} 7",
        "scrape_jobs{instance=i,job=scrape} 9",
        "scrape_nan{job=scrape} NaN",
        "scrape_requests_total{job=scrape,path=/a\"b\\c\nd} 3",
        "scrape_requests_total{job=scrape} 1E+21",
        "scrape_seconds_bucket{job=scrape,le=+Inf} 5",
        "scrape_seconds_bucket{job=scrape,le=0.5} 1",
        "scrape_seconds_bucket{job=scrape,le=1000000} 4",
        "scrape_seconds_count{job=scrape} 5",
        "scrape_seconds_sum{job=scrape} 12.5",
        "scrape_shared{a=1,job=scrape} 2",
        "scrape_size{job=scrape,quantile=0.5} 1",
        "scrape_size{job=scrape,quantile=0.99} NaN",
        "scrape_size_count{job=scrape} 20000001",
        "scrape_size_sum{job=scrape} 20",
        "scrape_temperature{job=scrape,room=inf} -Inf",
        "scrape_temperature{job=scrape,room=k} -1E-06",
    ];

    const string PythonScript = """
        import json, sys
        from prometheus_client.openmetrics.parser import text_string_to_metric_families

        samples = []
        for family in text_string_to_metric_families(open(sys.argv[1], encoding='utf-8', newline='').read()):
            for s in family.samples:
                if s.name.startswith('scrape_'):
                    samples.append([s.name, s.labels, repr(float(s.value))])
        print(json.dumps(samples))
        """;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("PrometheusText0.0.4", "counter")]
    [InlineData("OpenMetricsText1.0.0", "unknown")]
    [InlineData("PrometheusProto", "counter")]
    public async Task Prometheus_scrapes_the_same_samples_in_every_format(string protocol, string typeOfScrapeJobs)
    {
        await using var gateway = await StartAsync();
        await using var prometheus = await PrometheusServer.StartAsync(
            new PrometheusOptions { ScrapeTargets = [gateway.BaseAddress.Authority], ScrapeProtocol = protocol }, Cancellation);

        var scraped = await Poll.UntilAsync(
            token => prometheus.QueryAsync("""{__name__=~"scrape_.*",__name__!~"scrape_(duration|samples|series).*"}""", cancellationToken: token),
            series => series.Count >= Expected.Length,
            "a scrape",
            Deadlines.Delivery,
            Cancellation);

        Assert.Equal(Expected.Order(StringComparer.Ordinal), scraped.Select(Describe).Order(StringComparer.Ordinal));

        // A counter whose name does not say so is none in OpenMetrics: which tells that the format was the one asked for.
        using var metadata = JsonDocument.Parse(await prometheus.Client.GetStringAsync(new Uri("api/v1/metadata?metric=scrape_jobs", UriKind.Relative), Cancellation));
        Assert.Equal(typeOfScrapeJobs, metadata.RootElement.GetProperty("data").GetProperty("scrape_jobs")[0].GetProperty("type").GetString());
    }

    [Fact]
    public async Task Promtool_reads_the_text_and_the_Python_client_the_same_samples_from_OpenMetrics()
    {
        await using var gateway = await StartAsync();

        // 3: parsed, with remarks on the style of what was pushed.
        var check = await PromTool.CheckMetricsAsync(await ReadAsync(gateway, "text/plain"));
        Assert.True(check.ExitCode is 0 or 3, check.Output);

        var openMetrics = await ReadAsync(gateway, "application/openmetrics-text;version=1.0.0");
        Assert.Equal(Expected.Order(StringComparer.Ordinal), await ReadWithPythonAsync(openMetrics));
    }

    static async Task<GatewayProcess> StartAsync()
    {
        var gateway = await GatewayProcess.StartAsync(cancellationToken: Cancellation);
        await PushAsync(gateway, "metrics/job/scrape", Pushed + "scrape_shared{a=\"1\"} 1\n");
        await PushAsync(gateway, "metrics/job/scrape/instance/i", "# TYPE scrape_jobs counter\nscrape_jobs 9\n");
        await PushAsync(gateway, "metrics/job/scrape/a/1", "scrape_shared 2\n");
        await Poll.UntilAsync(
            async _ => (await ReadAsync(gateway, "text/plain")).Contains("scrape_shared{a=\"1\",instance=\"\",job=\"scrape\"} 2\n", StringComparison.Ordinal),
            "the pushes to be exposed",
            Deadlines.Delivery,
            Cancellation);
        return gateway;
    }

    static async Task PushAsync(GatewayProcess gateway, string path, string text)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        using var answer = await gateway.Client.PutAsync(new Uri(path, UriKind.Relative), content, Cancellation);
        answer.EnsureSuccessStatusCode();
    }

    static async Task<string> ReadAsync(GatewayProcess gateway, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("metrics", UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var answer = await gateway.Client.SendAsync(request, Cancellation);
        return await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(Cancellation);
    }

    static async Task<IEnumerable<string>> ReadWithPythonAsync(string exposition)
    {
        using var folder = new TempFolder();
        var file = folder.Combine("exposition");
        await File.WriteAllTextAsync(file, exposition, Cancellation);
        var result = await PythonClient.RunAsync(PythonScript, file);
        using var samples = JsonDocument.Parse(result.EnsureSuccess().Output);
        return
        [
            .. samples.RootElement.EnumerateArray()
                .Select(sample => Describe(
                    sample[0].GetString()!,
                    sample[1].EnumerateObject().Select(label => KeyValuePair.Create(label.Name, label.Value.GetString()!)),
                    sample[2].GetString()!))
                .Order(StringComparer.Ordinal),
        ];
    }

    static string Describe(Series series) => Describe(series.Name, series.Labels.Where(label => label.Key != "__name__"), series.Samples[0].Value);

    // Numbers in one form: the formats differ in le="1.0" and le="1", the readers in 1e+06 and 1000000.
    static string Describe(string name, IEnumerable<KeyValuePair<string, string>> labels, string value)
    {
        var described = labels.Where(label => label.Value.Length > 0).OrderBy(label => label.Key, StringComparer.Ordinal)
            .Select(label => $"{label.Key}={(label.Key is "le" or "quantile" ? Number(label.Value) : label.Value)}");
        return $"{name}{{{string.Join(',', described)}}} {Number(value)}";
    }

    static string Number(string text) => text switch
    {
        "+Inf" or "inf" => "+Inf",
        "-Inf" or "-inf" => "-Inf",
        "NaN" or "nan" => "NaN",
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture),
    };
}
