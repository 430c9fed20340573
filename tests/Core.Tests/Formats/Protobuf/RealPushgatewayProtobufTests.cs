using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using PushGateway.Core.Tests.Formats.Text;
using PushGateway.Core.Tests.Histograms;
using PushGateway.Exposition;
using PushGateway.Formats;
using PushGateway.Formats.Protobuf;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Core.Tests.Formats.Protobuf;

/// <summary>The parser against a real Pushgateway, which is pushed the same bodies: what each exposes as text is compared.</summary>
public sealed class RealPushgatewayProtobufTests
{
    private const string ContentType = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";
    private const int Seeds = 60;

    [Fact]
    public async Task The_same_families_are_exposed_the_same()
    {
        await using var pushgateway = await RealPushgateway.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        for (var seed = 0; seed < Seeds; seed++)
        {
            var families = new RandomFamilies(seed) { Timestamps = false }.Next();
            var body = RandomFamilies.Encode(families);

            using var answer = await PutAsync(pushgateway, body);
            Assert.True(answer.IsSuccessStatusCode, $"seed {seed}: {await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");

            var names = families.Select(family => family.Name).ToHashSet();
            Assert.Equal(
                OfFamilies(names, await pushgateway.ScrapeAsync(TestContext.Current.CancellationToken)),
                OfFamilies(names, Expose(body)));
        }
    }

    [Fact]
    public async Task What_is_no_protobuf_or_has_timestamps_is_refused_there_too()
    {
        await using var pushgateway = await RealPushgateway.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        var body = RandomFamilies.Encode(new RandomFamilies(1).Next());
        foreach (var refused in (byte[][])[body[..^1], [.. body, 0x05], [0x01, 0x07], RandomFamilies.Encode(Timestamped())])
        {
            using var answer = await PutAsync(pushgateway, refused);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            var batch = new MetricBatch();
            batch.BeginPush();
            Assert.False(PushReader.TryRead(
                PushFormat.Protobuf, refused, toGroup: true, batch, new ParseContext(PushLimits.Default, TextOutcome.ReceivedMs), out _));
        }
    }

    [Fact]
    public async Task Native_histograms_are_exposed_the_same_as_protobuf_and_as_text()
    {
        await using var pushgateway = await RealPushgateway.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        for (var seed = 0; seed < Seeds; seed++)
        {
            var family = new Reference.ClientModel.MetricFamily
            {
                Name = "h",
                Type = seed % 4 == 0 ? Reference.ClientModel.MetricType.GaugeHistogram : Reference.ClientModel.MetricType.Histogram,
                Metric = { new Reference.ClientModel.Metric { Histogram = new RandomHistograms(seed).Next() } },
            };
            var body = RandomFamilies.Encode(family);
            using var answer = await PutAsync(pushgateway, body);
            Assert.True(answer.IsSuccessStatusCode, $"seed {seed}: {await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");

            Assert.Equal(
                OfFamilies(["h"], await pushgateway.ScrapeAsync(TestContext.Current.CancellationToken)),
                OfFamilies(["h"], Expose(body)));
            Assert.Equal(HistogramOf(await ScrapeProtobufAsync(pushgateway)), HistogramOf(Expose(body, batch => new MetricFamilyWriter(batch, null))));
        }
    }

    private static async Task<byte[]> ScrapeProtobufAsync(RealPushgateway pushgateway)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("metrics", UriKind.Relative));
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(ContentType));
        using var response = await pushgateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal("application/vnd.google.protobuf", response.Content.Headers.ContentType?.MediaType);
        return await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
    }

    // Our parser reads both, and with it what Go writes in its own way.
    private static string HistogramOf(byte[] exposition)
    {
        var batch = ProtobufOutcome.Parse(exposition);
        var (name, found) = (batch.Symbols.Find("h"u8), "none");
        foreach (ref readonly var series in batch.Series)
        {
            if (series.Name == name)
            {
                Assert.Equal("none", found);
                found = $"{batch.Families[series.Family].Type} {Convert.ToHexString(batch.Symbols[batch.SamplesOf(series)[0].Histogram])}";
            }
        }

        return found;
    }

    private static Reference.ClientModel.MetricFamily Timestamped() => new()
    {
        Name = "m",
        Metric = { new Reference.ClientModel.Metric { TimestampMs = 0, Counter = new Reference.ClientModel.Counter() } },
    };

    private static async Task<HttpResponseMessage> PutAsync(RealPushgateway pushgateway, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(ContentType);
        return await pushgateway.Client.PutAsync(new Uri("metrics/job/x", UriKind.Relative), content, TestContext.Current.CancellationToken);
    }

    private static string Expose(byte[] body) => Encoding.UTF8.GetString(Expose(body, batch => new PrometheusTextWriter(batch, null)));

    private static byte[] Expose(byte[] body, Func<MetricBatch, ExpositionWriter> writer)
    {
        var batch = new MetricBatch();
        batch.BeginPush(new Label(batch.Symbols.Intern("job"), batch.Symbols.Intern("x")));
        Assert.True(MetricFamilyReader.TryRead(body, batch, new ParseContext(PushLimits.Default, Model.Sample.NoTimestamp), out _, out _));
        var output = new ArrayBufferWriter<byte>();
        writer(batch).WriteAll(output);
        return output.WrittenSpan.ToArray();
    }

    // As series, since Pushgateway also shows labels that are empty, an instance label among them, and help where none was pushed.
    private static List<string> OfFamilies(HashSet<string> names, string text)
    {
        var lines = new List<string>();
        var batch = TextOutcome.Parse(Encoding.UTF8.GetBytes(text));
        foreach (var series in TextOutcome.SeriesOf(batch))
        {
            if (names.Contains(series.Family))
            {
                lines.Add(series.ToString());
            }
        }

        foreach (ref readonly var family in batch.Families)
        {
            var name = batch.Symbols.GetString(family.Name);
            if (names.Contains(name) && family.LastSeries >= 0)
            {
                lines.Add($"{name} is a {family.Type}");
            }
        }

        lines.Sort(StringComparer.Ordinal);
        return lines;
    }
}
