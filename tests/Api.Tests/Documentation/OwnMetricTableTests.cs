using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using PushGateway.Queue;
using PushGateway.Telemetry;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Api.Tests.Documentation;

/// <summary><c>docs/metrics.md</c> has every metric of the gateway's own, under both names and with its labels; other pages agree with it.</summary>
public sealed partial class OwnMetricTableTests : IAsyncDisposable
{
    private static readonly IReadOnlyList<IReadOnlyList<string>> Rows = MarkdownPage.Read("docs/metrics.md").TableOf("name in OTLP and CloudWatch").Rows;

    private readonly ConcurrentDictionary<Instrument, ConcurrentDictionary<string, string>> _tags = new();
    private readonly MeterListener _listener = new();
    private readonly GatewayFactory _gateway = new();

    public OwnMetricTableTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == PushTelemetry.Name)
            {
                _tags[instrument] = new();
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Collect(instrument, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Collect(instrument, tags));
        _listener.Start();
    }

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        return _gateway.DisposeAsync();
    }

    [Fact]
    public async Task Every_metric_has_a_row()
    {
        using var client = _gateway.Connect();
        await PushAndRejectAsync(client);
        foreach (var instrument in _tags.Keys)
        {
            (instrument as Counter<long>)?.Add(1);
            (instrument as Histogram<double>)?.Record(1);
            (instrument as Gauge<long>)?.Record(1);
            (instrument as Gauge<double>)?.Record(1);
        }

        Documented.Equal("docs/metrics.md, names in OTLP", _tags.Keys.Select(instrument => instrument.Name), Rows.SelectMany(row => MarkdownTable.Code(row[0])));

        using var response = await client.SendAsync("GET", "/metrics");
        Documented.Equal(
            "docs/metrics.md, names on GET /metrics",
            OwnFamily().Matches(await response.TextAsync()).Select(match => match.Groups[1].Value),
            Rows.SelectMany(row => MarkdownTable.Code(row[1])));
    }

    [Fact]
    public async Task Every_row_has_both_names_and_the_labels_of_one_metric()
    {
        using var client = _gateway.Connect();
        await PushAndRejectAsync(client);
        foreach (var (instrument, tags) in _tags)
        {
            var row = Assert.Single(Rows, row => row[0] == $"`{instrument.Name}`");
            Assert.StartsWith($"`{instrument.Name.Replace('.', '_')}", row[1], StringComparison.Ordinal);
            Documented.Equal($"docs/metrics.md, labels of {instrument.Name}", tags.Keys, MarkdownTable.Code(row[2]));
        }
    }

    [Fact]
    public async Task The_page_of_errors_names_every_label_that_has_a_code()
    {
        using var client = _gateway.Connect();
        await PushAndRejectAsync(client);
        var places =
            from instrument in _tags
            from tag in instrument.Value
            where RejectCodes.All.Contains(tag.Value)
            let row = Assert.Single(Rows, row => row[0] == $"`{instrument.Key.Name}`")
            select $"in the label `{tag.Key}` of the metric {row[1]}";
        Documented.Equal(
            "docs/errors.md, labels", places, LabelOfMetric().Matches(MarkdownPage.Read("docs/errors.md").ToString()).Select(match => match.Value));
    }

    [Fact]
    public void The_page_of_Lambda_counts_them()
    {
        int Of(string program) => Rows.Count(row => row[0].Length > 0 && row[3] == program);
        Assert.Contains($"Api has {Of("Api")} and Worker has {Of("Worker")}.", MarkdownPage.Read("docs/lambda.md").ToString(), StringComparison.Ordinal);
    }

    // One push refused over HTTP, one message refused on its way from the queue.
    private async Task PushAndRejectAsync(HttpClient client)
    {
        using var refused = await client.PushAsync("{", Pushes.Json);
        var broken = new QueueMessage("{"u8.ToArray(), new Dictionary<string, string>());
        await _gateway.Services.GetRequiredService<IPushQueue>().EnqueueAsync([broken], TestContext.Current.CancellationToken);
        await Poll.UntilAsync(
            () => _tags.Values.Count(tags => tags.Values.Any(RejectCodes.All.Contains)) == 2,
            "a code as the label of two metrics",
            cancellationToken: TestContext.Current.CancellationToken);
    }

    // Once a label has had a code for its value, that stays.
    private void Collect(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var tag in tags)
        {
            _tags[instrument].AddOrUpdate(tag.Key, $"{tag.Value}", (_, before) => RejectCodes.All.Contains(before) ? before : $"{tag.Value}");
        }
    }

    [GeneratedRegex("^# TYPE (pushgateway_[a-z_]+) ", RegexOptions.Multiline)]
    private static partial Regex OwnFamily();

    [GeneratedRegex("in the label `[a-z]+` of the metric `[a-z_]+`")]
    private static partial Regex LabelOfMetric();
}
