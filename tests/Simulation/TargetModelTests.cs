using System.Globalization;
using System.Text;
using PushGateway.Model;
using PushGateway.Simulation.Targets;
using PushGateway.Sinks;
using PushGateway.Testing;
using Xunit;
using Sample = PushGateway.Model.Sample;
using StoredSeries = PushGateway.Testing.Series;

namespace PushGateway.Simulation;

/// <summary>
/// The models of the targets against the real servers: the same requests, by the product's own sink, the same answers and the same
/// samples. There is no real Mimir here. Its model has the rules for a sample from <see cref="TsdbHead"/>, which the real Prometheus
/// confirms; what Mimir stores of a request with a refused sample is not confirmed.
/// </summary>
public sealed class TargetModelTests : IDisposable
{
    private const int Requests = 400;
    private const int Seed = 1;

    // No sample is as old as this, to the millisecond, when it is looked for: versions 2 and 3 differ there.
    private static readonly TimeSpan Lookback = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ThreeHours = TimeSpan.FromHours(3);
    private static readonly string[] Refusals = ["out of order sample", "duplicate sample for timestamp", "too old sample", "out of bounds"];

    private readonly HttpClient _client = new(HttpSink.CreateHandler());
    private readonly long _nowMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData(0, "out of order sample", "duplicate sample for timestamp", "out of bounds")]
    [InlineData(7, "duplicate sample for timestamp", "too old sample")]
    public async Task Prometheus_answers_and_stores_as_its_model_does(int windowMinutes, params string[] refusals)
    {
        var window = TimeSpan.FromMinutes(windowMinutes);
        await using var prometheus = await PrometheusServer.StartAsync(new() { OutOfOrderWindow = window }, Cancellation);
        var model = new PrometheusTarget(window);

        var answers = await CompareAnswersAsync(prometheus.RemoteWriteUrl, model, window);

        Assert.Equal(["", .. refusals], answers.Distinct().OrderBy(answer => Array.IndexOf(Refusals, answer)));
        var stored = ToSamples(await prometheus.QueryRangeRawAsync("m", ThreeHours, Time(_nowMs).AddMinutes(10), Cancellation));
        var shown = model.Samples.Where(sample => !StaleMarker.Is(sample.Value)).ToHashSet();
        AssertNone(stored.Except(shown));
        AssertNone(shown.Except(stored).Where(sample => !IsOneOfSeveral(model, sample)));
        foreach (var time in model.Samples.Select(sample => sample.TimestampMs).Distinct())
        {
            AssertLive(model, time, ToSamples(await prometheus.QueryAsync("m", Time(time), Cancellation)));
        }
    }

    [Fact]
    public async Task VictoriaMetrics_answers_and_stores_as_its_model_does()
    {
        await using var victoria = await VictoriaMetricsServer.StartAsync(Cancellation);
        var model = new VictoriaMetricsTarget();

        var answers = await CompareAnswersAsync(victoria.RemoteWriteUrl, model, TimeSpan.FromMinutes(7));

        Assert.Equal([""], answers.Distinct());
        var stored = ToSamples(await victoria.ExportAsync("m", Cancellation));
        var samples = model.Samples.ToHashSet();
        AssertNone(stored.Except(samples));
        AssertNone(samples.Except(stored));
    }

    private async Task<List<string>> CompareAnswersAsync(Uri url, Target model, TimeSpan window)
    {
        var sink = new RemoteWriteSink(_client, new() { Endpoint = url });
        var writes = new RandomWrites(Seed, model, window, _nowMs);
        var answers = new List<string>();
        List<IReadOnlyList<WireSample>> first =
        [
            [At("m instance=first", -1800), At("m instance=old", -7200)],
            [At("m instance=old", -7200)],
        ];
        IReadOnlyList<WireSample> last = [At("m instance=last", 540)];
        foreach (var request in first.Concat(Enumerable.Range(0, Requests).Select(_ => writes.Next())).Append(last))
        {
            var sent = await sink.SendAsync(ToRange(request), Cancellation);
            var answer = model.Write(request, _nowMs);
            Assert.Equal(request.Count, sent.Samples);
            var text = string.Join("\n", request);
            Assert.Equal((KindOf(answer), text), (KindOf(sent.Result.Status == SinkStatus.Delivered ? null : sent.Result.Reason), text));
            var bytes = Encoding.UTF8.GetBytes(answer ?? "");
            Assert.Equal(
                (SinkResponse.SaysOutOfOrder(bytes), SinkResponse.SaysDuplicate(bytes)), (sent.Result.IsOutOfOrder, sent.Result.IsDuplicate));
            answers.Add(KindOf(answer));
        }

        return answers;
    }

    private WireSample At(string series, int seconds) => new(series, _nowMs + (seconds * 1000L), BitConverter.DoubleToInt64Bits(0.5));

    private static string KindOf(string? answer) =>
        answer is null ? "" : Array.Find(Refusals, refusal => answer.Contains(refusal, StringComparison.Ordinal)) ?? answer;

    private static SampleRange ToRange(IReadOnlyList<WireSample> request)
    {
        var batch = new MetricBatch();
        var samples = new List<SeriesSample>();
        var family = batch.AddFamily(batch.Symbols.Intern("m"));
        foreach (var series in request.GroupBy(sample => sample.Series))
        {
            batch.BeginSeries(family, batch.Symbols.Intern("m"));
            batch.AddLabel(batch.Symbols.Intern("instance"), batch.Symbols.Intern(series.Key["m instance=".Length..]));
            foreach (var sample in series.Select(sample => new Sample(sample.TimestampMs, sample.Value)))
            {
                batch.AddSample(sample);
                samples.Add(new SeriesSample(batch.Series.Length - 1, 0, sample));
            }

            batch.EndSeries();
        }

        return new SampleRange(batch, samples.ToArray());
    }

    // An instant query sees the last sample of each series, unless it is a marker or too long ago.
    private static void AssertLive(Target model, long timeMs, HashSet<WireSample> live)
    {
        foreach (var (series, samples) in model.Series)
        {
            var last = samples.Select(sample => sample.TimestampMs).Where(time => time <= timeMs).DefaultIfEmpty().Max();
            var values = timeMs - last < Lookback.TotalMilliseconds
                ? samples.Where(sample => sample.TimestampMs == last).Select(sample => BitConverter.Int64BitsToDouble(sample.Bits)).ToList()
                : [StaleMarker.Value];
            var seen = live.Where(sample => sample.Series == series).Select(sample => sample.Value).SingleOrDefault(StaleMarker.Value);
            Assert.True(values.Contains(seen), $"{series} is {seen} at {timeMs}, not {string.Join(" or ", values)}");
        }
    }

    private static bool IsOneOfSeveral(Target model, WireSample sample) =>
        model.Series[sample.Series].Any(other => other.TimestampMs == sample.TimestampMs && other.Bits != sample.Bits);

    private static void AssertNone(IEnumerable<WireSample> samples) => Assert.Equal("", string.Join("\n", samples));

    private static HashSet<WireSample> ToSamples(IReadOnlyList<StoredSeries> stored) =>
    [
        .. stored.SelectMany(series => series.Samples, (series, sample) => new WireSample(
            $"{series.Name} instance={series["instance"]}", sample.TimestampMs, BitConverter.DoubleToInt64Bits(ToValue(sample.Value)))),
    ];

    // The only NaN that was sent.
    private static double ToValue(string text) => text == "NaN" ? StaleMarker.Value : double.Parse(text, CultureInfo.InvariantCulture);

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
