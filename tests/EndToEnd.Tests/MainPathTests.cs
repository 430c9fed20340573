using System.Globalization;
using System.IO.Compression;
using System.Text;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests;

/// <summary>What curl pushes into the gateway on one machine is in Prometheus, and on <c>GET /metrics</c>, as it was pushed.</summary>
public sealed class MainPathTests(OneMachine servers) : IClassFixture<OneMachine>
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static long Now => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    string MetricsUrl => new Uri(servers.Gateway.BaseAddress, "metrics").AbsoluteUri;

    [Fact]
    public async Task Text_from_a_file_arrives_with_its_values_and_timestamps()
    {
        await servers.StartAsync();
        (string Pushed, string Stored)[] values =
        [
            ("0.1", "0.1"),
            ("12", "12"),
            ("-0", "-0"),
            ("1e-300", "1e-300"),
            ("4.9e-324", "5e-324"),
            ("1.7976931348623157e308", "1.7976931348623157e+308"),
            ("9007199254740993", "9007199254740992"),
            ("NaN", "NaN"),
            ("+Inf", "+Inf"),
            ("-Inf", "-Inf"),
        ];
        var now = Now;
        var body = new StringBuilder("# HELP main_exact Values.\n# TYPE main_exact gauge\n");
        for (var i = 0; i < values.Length; i++)
            body.Append(CultureInfo.InvariantCulture, $"main_exact{{case=\"{i}\"}} {values[i].Pushed} {Timestamp(i)}\n");

        using var folder = new TempFolder();
        var file = folder.Combine("pushed.prom");
        await File.WriteAllTextAsync(file, body.ToString(), Cancellation);
        Assert.Equal(new CurlAnswer(202, ""), await Curl.RunAsync(MetricsUrl, "--data-binary", $"@{file}"));

        var arrived = await servers.Prometheus.Api.WaitForAsync("main_exact", values.Length);
        var byCase = arrived.ToDictionary(series => int.Parse(series["case"], CultureInfo.InvariantCulture));
        Assert.Equal(values.Length, byCase.Count);
        Assert.All(values.Index(), item =>
        {
            Assert.Equal(2, byCase[item.Index].Labels.Count);
            Assert.Equal([new Sample(Timestamp(item.Index), item.Item.Stored)], byCase[item.Index].Samples);
        });

        long Timestamp(int i) => now - (i * 1001);
    }

    [Fact]
    public async Task Text_without_timestamps_arrives_with_the_time_of_receipt()
    {
        await servers.StartAsync();
        var before = Now;
        var answer = await Curl.RunAsync(MetricsUrl, "--data", "main_line{quoted=\"a \\\"b\\\" \\\\ c\",text=\"Käse\"} 7.25\n");
        var after = Now;
        Assert.Equal(new CurlAnswer(202, ""), answer);

        var (series, sample) = await servers.Prometheus.Api.WaitForOneAsync("main_line");
        Assert.Equal("a \"b\" \\ c", series["quoted"]);
        Assert.Equal("Käse", series["text"]);
        Assert.Equal(3, series.Labels.Count);
        Assert.Equal("7.25", sample.Value);
        Assert.InRange(sample.TimestampMs, before, after);
    }

    [Fact]
    public async Task Histograms_and_summaries_arrive_as_their_series()
    {
        await servers.StartAsync();
        const string Body =
            """
            # TYPE main_histogram histogram
            main_histogram_bucket{le="0.5"} 1
            main_histogram_bucket{le="+Inf"} 3
            main_histogram_sum 4.5
            main_histogram_count 3
            # TYPE main_summary summary
            main_summary{quantile="0.99"} 8
            main_summary_sum 9
            main_summary_count 2

            """;
        using var folder = new TempFolder();
        var file = folder.Combine("pushed.prom");
        await File.WriteAllTextAsync(file, Body, Cancellation);
        Assert.Equal(202, (await Curl.RunAsync(MetricsUrl, "--data-binary", $"@{file}")).Status);

        var arrived = await servers.Prometheus.Api.WaitForAsync("{__name__=~\"main_(histogram|summary).*\"}", 7);
        string[] expected =
        [
            "main_histogram_bucket le=+Inf 3", "main_histogram_bucket le=0.5 1", "main_histogram_count 3", "main_histogram_sum 4.5",
            "main_summary quantile=0.99 8", "main_summary_count 2", "main_summary_sum 9",
        ];
        var actual = arrived.Select(series => string.Join(
            ' ', series.Labels.Where(label => label.Key != "__name__").Select(label => $"{label.Key}={label.Value}")
                .Prepend(series.Name).Append(Assert.Single(series.Samples).Value)));
        Assert.Equal(expected, actual.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Json_arrives_with_its_values_and_timestamp()
    {
        await servers.StartAsync();
        var timestamp = Now - 123_457;
        var record = string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {"dimensions":{"test":"json","room":"Küche \"2\""},
             "metrics":{"main_json_integer":12,"main.json-text":"14.30","main_json_float":12.0,"main_json_nan":"NaN","main_json_inf":"-Inf"},
             "timestamp":{{timestamp}}}
            """);
        Assert.Equal(new CurlAnswer(202, ""), await Curl.RunAsync(MetricsUrl, "--data", record));

        var arrived = await servers.Prometheus.Api.WaitForAsync("{test=\"json\"}", 5);
        Assert.All(arrived, series =>
        {
            Assert.Equal("Küche \"2\"", series["room"]);
            Assert.Equal(3, series.Labels.Count);
            Assert.Equal(timestamp, Assert.Single(series.Samples).TimestampMs);
        });
        var values = arrived.ToDictionary(series => series.Name, series => series.Samples[0].Value);
        var expected = new Dictionary<string, string>
        {
            ["main_json_integer"] = "12",
            ["main_json_text"] = "14.3",
            ["main_json_float"] = "12",
            ["main_json_nan"] = "NaN",
            ["main_json_inf"] = "-Inf",
        };
        Assert.Equal(expected, values);
    }

    [Fact]
    public async Task Json_without_timestamp_arrives_with_the_time_of_receipt()
    {
        await servers.StartAsync();
        var before = Now;
        var answer = await Curl.RunAsync(
            MetricsUrl,
            "--header", "Content-Type: application/json",
            "--data", "{\"dimensions\":{\"a\":\"b\"},\"metrics\":{\"main_json_now\":-0.5}}");
        var after = Now;
        Assert.Equal(202, answer.Status);
        var (_, sample) = await servers.Prometheus.Api.WaitForOneAsync("main_json_now");
        Assert.Equal("-0.5", sample.Value);
        Assert.InRange(sample.TimestampMs, before, after);
    }

    [Theory]
    [InlineData("main_array", "[{0},{1},{2}]")]
    [InlineData("main_lines", "{0}\n{1}\n{2}\n")]
    public async Task Several_json_records_arrive(string name, string form)
    {
        await servers.StartAsync();
        var now = Now;
        var records = Enumerable.Range(0, 3).Select(i => (object)string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"dimensions\":{{\"n\":\"{i}\"}},\"metrics\":{{\"{name}\":{i}}},\"timestamp\":{now - i}}}")).ToArray();
        using var folder = new TempFolder();
        var file = folder.Combine("records.json");
        await File.WriteAllTextAsync(file, string.Format(CultureInfo.InvariantCulture, form, records), Cancellation);
        Assert.Equal(202, (await Curl.RunAsync(MetricsUrl, "--data-binary", $"@{file}")).Status);

        var arrived = await servers.Prometheus.Api.WaitForAsync(name, 3);
        Assert.Equal(
            Enumerable.Range(0, 3).Select(i => new Sample(now - i, i.ToString(CultureInfo.InvariantCulture))),
            arrived.OrderBy(series => series["n"], StringComparer.Ordinal).Select(series => Assert.Single(series.Samples)));
    }

    [Theory]
    [InlineData("main_gzip_text", "{0}{{form=\"text\"}} 3.5 {1}\n")]
    [InlineData("main_gzip_json", "{{\"dimensions\":{{\"form\":\"json\"}},\"metrics\":{{\"{0}\":3.5}},\"timestamp\":{1}}}")]
    public async Task A_gzip_body_arrives(string name, string body)
    {
        await servers.StartAsync();
        var timestamp = Now - 5;
        using var folder = new TempFolder();
        var file = folder.Combine("pushed.gz");
        await using (var gzip = new GZipStream(File.Create(file), CompressionLevel.Optimal))
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(string.Format(CultureInfo.InvariantCulture, body, name, timestamp)), Cancellation);
        var answer = await Curl.RunAsync(MetricsUrl, "--header", "Content-Encoding: gzip", "--data-binary", $"@{file}");
        Assert.Equal(new CurlAnswer(202, ""), answer);
        var (_, sample) = await servers.Prometheus.Api.WaitForOneAsync(name);
        Assert.Equal(new Sample(timestamp, "3.5"), sample);
    }

    [Fact]
    public async Task What_a_push_ends_is_gone_from_Prometheus_at_once()
    {
        await servers.StartAsync();
        var group = new Uri(servers.Gateway.BaseAddress, "metrics/job/main_stale/instance/one").AbsoluteUri;

        await PushAsync("PUT", "stale_a{l=\"1\"} 1\nstale_a{l=\"2\"} 2\nstale_b 3\n");
        await UntilAsync("stale_a 1", "stale_a 2", "stale_b 3");

        // Merged: of the family pushed again, the series that is not there any more.
        await PushAsync("POST", "stale_a{l=\"1\"} 4\n");
        await UntilAsync("stale_a 4", "stale_b 3");

        await PushAsync("PUT", "stale_c 5\n");
        await UntilAsync("stale_c 5");

        await PushAsync("PUT", "stale_a{l=\"1\"} 6\n");
        await UntilAsync("stale_a 6");

        await PushAsync("DELETE", "");
        await UntilAsync();

        async Task PushAsync(string method, string text) =>
            Assert.Equal(new CurlAnswer(202, ""), await Curl.RunAsync(group, "--request", method, "--data-binary", text));

        Task UntilAsync(params string[] expected) => Poll.UntilAsync(
            async token => (await servers.Prometheus.QueryAsync("{job=\"main_stale\"}", null, token))
                .Where(series => expected.Length == 0 || series.Name != "push_time_seconds")
                .Select(series => $"{series.Name} {series.Samples[0].Value}").Order(StringComparer.Ordinal),
            values => values.SequenceEqual(expected),
            $"only {string.Join(", ", expected)} to be left, and while there is a group, the time of its last push",
            Deadlines.Delivery,
            Cancellation);
    }

    [Fact]
    public async Task A_group_is_replaced_merged_and_deleted_and_each_push_arrives()
    {
        await servers.StartAsync();
        var group = new Uri(servers.Gateway.BaseAddress, "metrics/job/main/instance/db%201/path@base64/L3Zhci90bXA").AbsoluteUri;
        const string Labels = "{instance=\"db 1\",job=\"main\",path=\"/var/tmp\"}";

        var before = Now;
        Assert.Equal(202, (await Curl.RunAsync("--request", "PUT", group, "--data", "main_group 1.5\nmain_group_gone 2\n")).Status);
        var after = Now;
        await WaitForExpositionAsync($"main_group{Labels} 1.5", $"main_group_gone{Labels} 2");
        var (series, sample) = await servers.Prometheus.Api.WaitForOneAsync("main_group");
        Assert.Equal(("main", "db 1", "/var/tmp"), (series["job"], series["instance"], series["path"]));
        Assert.Equal(4, series.Labels.Count);
        Assert.Equal("1.5", sample.Value);
        Assert.InRange(sample.TimestampMs, before, after);

        Assert.Equal(202, (await Curl.RunAsync("--request", "PUT", group, "--data", "main_group 2.5\n")).Status);
        await WaitForExpositionAsync($"main_group{Labels} 2.5");
        Assert.DoesNotContain("main_group_gone", await ExpositionAsync(), StringComparison.Ordinal);

        Assert.Equal(202, (await Curl.RunAsync(group, "--data", "main_group_merged 3\n")).Status);
        await WaitForExpositionAsync($"main_group{Labels} 2.5", $"main_group_merged{Labels} 3");

        Assert.Equal(202, (await Curl.RunAsync("--request", "DELETE", group)).Status);
        await Poll.UntilAsync(
            async _ => !(await ExpositionAsync()).Contains("main_group", StringComparison.Ordinal),
            "the group to be gone",
            Deadlines.Delivery,
            Cancellation);
        var arrived = await servers.Prometheus.Api.WaitForAsync("main_group", 2);
        Assert.Equal(["1.5", "2.5"], Assert.Single(arrived).Samples.Select(stored => stored.Value));
    }

    [Fact]
    public async Task What_the_gateway_shows_is_valid_text_and_a_Prometheus_can_scrape_it()
    {
        await servers.StartAsync();
        const string Group =
            """
            # HELP main_shown Help with a \\ and a \n in it.
            # TYPE main_shown counter
            main_shown{text="a \"b\" \\ \n c"} 1e9
            main_shown{text="Käse"} NaN
            # TYPE main_shown_histogram histogram
            main_shown_histogram_bucket{le="1"} 1
            main_shown_histogram_bucket{le="+Inf"} 2
            main_shown_histogram_sum 3
            main_shown_histogram_count 2
            # TYPE main_shown_summary summary
            main_shown_summary{quantile="0.5"} 1
            main_shown_summary_sum 1
            main_shown_summary_count 1

            """;
        var group = new Uri(servers.Gateway.BaseAddress, "metrics/job/shown").AbsoluteUri;
        using var folder = new TempFolder();
        var file = folder.Combine("pushed.prom");
        await File.WriteAllTextAsync(file, Group, Cancellation);
        Assert.Equal(202, (await Curl.RunAsync("--request", "PUT", group, "--data-binary", $"@{file}")).Status);
        Assert.Equal(202, (await Curl.RunAsync(MetricsUrl, "--data", "main_shown_ungrouped{a=\"b\"} 4\n")).Status);
        await WaitForExpositionAsync("main_shown_summary_count{instance=\"\",job=\"shown\"} 1", "main_shown_ungrouped{a=\"b\"} 4");

        var check = await PromTool.CheckMetricsAsync(await ExpositionAsync());
        Assert.True(check.ExitCode is 0 or 3, check.Output);

        var options = new PrometheusOptions { ScrapeTargets = [servers.Gateway.BaseAddress.Authority] };
        await using var scraper = await PrometheusServer.StartAsync(options, Cancellation);
        await Poll.UntilAsync(
            token => scraper.QueryAsync("main_shown", cancellationToken: token),
            series => series.Count == 2,
            "a scrape",
            Deadlines.Delivery,
            Cancellation);
        var scraped = await scraper.QueryAsync("{__name__=~\"main_shown.*\"}", cancellationToken: Cancellation);
        Assert.Equal(10, scraped.Count);
        Assert.Equal("1000000000", Assert.Single(scraped, series => series["text"] == "a \"b\" \\ \n c").Samples[0].Value);
        Assert.Equal("NaN", Assert.Single(scraped, series => series["text"] == "Käse").Samples[0].Value);
        Assert.Equal("4", Assert.Single(scraped, series => series.Name == "main_shown_ungrouped").Samples[0].Value);
        Assert.All(scraped.Where(series => series["a"].Length == 0), series => Assert.Equal("shown", series["job"]));
        var up = await scraper.QueryAsync("up", cancellationToken: Cancellation);
        Assert.Equal("1", Assert.Single(up).Samples[0].Value);
    }

    [Fact]
    public async Task A_series_that_collides_with_a_histogram_leaves_the_exposition_valid()
    {
        await servers.StartAsync();
        const string Histogram = "# TYPE main_collide histogram\nmain_collide_bucket{le=\"+Inf\"} 2\nmain_collide_sum 3\nmain_collide_count 2\n";
        Assert.Equal(202, (await Curl.RunAsync(MetricsUrl, "--data", Histogram)).Status);
        Assert.Equal(202, (await Curl.RunAsync(MetricsUrl, "--data", "main_collide_bucket{le=\"none\"} 5\n")).Status);
        await WaitForExpositionAsync("main_collide_bucket{le=\"+Inf\"} 2", "main_collide_bucket{le=\"none\"} 5", "main_collide_count 2");
        var check = await PromTool.CheckMetricsAsync(await ExpositionAsync());
        Assert.True(check.ExitCode is 0 or 3, check.Output);
    }

    Task<string> ExpositionAsync() => servers.Gateway.Client.GetStringAsync(new Uri("metrics", UriKind.Relative), Cancellation);

    // A line may go on with a timestamp.
    Task<string> WaitForExpositionAsync(params string[] lines) => Poll.UntilAsync(
        _ => ExpositionAsync(),
        text => lines.All(line => text.Contains($"\n{line}\n", StringComparison.Ordinal) || text.Contains($"\n{line} ", StringComparison.Ordinal)),
        $"{string.Join(", ", lines)} on GET /metrics",
        Deadlines.Delivery,
        Cancellation);
}
