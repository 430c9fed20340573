using System.Net;
using System.Text;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Api.Tests.Endpoints;

/// <summary>Delimited protobuf on the group paths and on <c>/metrics</c>, by its content type.</summary>
public sealed class ProtobufPushTests(KestrelGateway gateway) : IClassFixture<KestrelGateway>
{
    private const string Protobuf = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";

    private readonly HttpClient _client = gateway.Connect();

    [Theory]
    [InlineData("PUT", Protobuf)]
    [InlineData("POST", Protobuf)]
    [InlineData("POST", "application/vnd.google.protobuf;encoding=delimited;proto=io.prometheus.client.MetricFamily")]
    [InlineData("POST", "APPLICATION/vnd.google.protobuf; Encoding=\"delimited\"; PROTO=\"io.prometheus.client.MetricFamily\"; escaping=values")]
    public async Task A_group_takes_it(string method, string contentType)
    {
        using var response = await _client.PushAsync(
            Pushes.Content(Gauge("pb_group"), contentType), "/metrics/job/protobuf/instance/i", new HttpMethod(method));
        Assert.True(response.StatusCode == HttpStatusCode.Accepted, await response.TextAsync());
        await AssertExposedAsync("pb_group{instance=\"i\",job=\"protobuf\"} 1\n");
    }

    [Fact]
    public async Task Metrics_takes_it_compressed_too()
    {
        using var plain = await _client.PushAsync(Pushes.Content(Gauge("pb_plain"), Protobuf));
        using var gzip = await _client.PushAsync(Pushes.Encoded(Pushes.Gzip(Gauge("pb_gzip")), Protobuf, "gzip"));
        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (plain.StatusCode, gzip.StatusCode));
        await AssertExposedAsync("pb_plain 1 ");
        await AssertExposedAsync("pb_gzip 1 ");
    }

    [Theory]
    [InlineData("application/vnd.google.protobuf")]
    [InlineData("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily")]
    [InlineData("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=text")]
    [InlineData("application/vnd.google.protobuf; proto=other; encoding=delimited")]
    public async Task Without_its_parameters_it_is_text_to_a_group_and_unknown_elsewhere(string contentType)
    {
        using var text = await _client.PushAsync("a 1\n", contentType, "/metrics/job/protobuf");
        Assert.Equal(HttpStatusCode.Accepted, text.StatusCode);

        using var group = await _client.PushAsync(Pushes.Content(Gauge("a"), contentType), "/metrics/job/protobuf");
        Assert.Equal(HttpStatusCode.BadRequest, group.StatusCode);
        Assert.StartsWith("text format parsing error", await group.TextAsync(), StringComparison.Ordinal);

        using var metrics = await _client.PushAsync(Pushes.Content(Gauge("a"), contentType));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, metrics.StatusCode);
        Assert.Equal("media-type-unsupported", (await Problem.ReadAsync(metrics)).Code);
    }

    [Fact]
    public async Task A_damaged_body_is_refused_with_its_place()
    {
        var body = Gauge("pb_cut")[..^1];
        using var metrics = await _client.PushAsync(Pushes.Content(body, Protobuf));
        Assert.Equal(HttpStatusCode.BadRequest, metrics.StatusCode);
        Assert.Equal("protobuf-invalid", (await Problem.ReadAsync(metrics)).Code);

        using var group = await _client.PushAsync(Pushes.Content(body, Protobuf), "/metrics/job/protobuf");
        Assert.Equal(HttpStatusCode.BadRequest, group.StatusCode);
        Assert.Equal("metric family 1: the message is truncated\n", await group.TextAsync());
    }

    [Fact]
    public async Task A_group_takes_no_timestamps()
    {
        // timestamp_ms: 0, which is a timestamp all the same.
        using var response = await _client.PushAsync(Pushes.Content(Gauge("pb_time", 0x30, 0x00), Protobuf), "/metrics/job/protobuf");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(
            "pushed metrics are invalid or inconsistent with existing metrics: pushed metrics must not have timestamps\n", await response.TextAsync());
    }

    [Fact]
    public async Task Nothing_is_a_push_to_a_group_only()
    {
        using var group = await _client.PushAsync(Pushes.Content([], Protobuf), "/metrics/job/nothing");
        using var metrics = await _client.PushAsync(Pushes.Content([], Protobuf));
        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.BadRequest), (group.StatusCode, metrics.StatusCode));
    }

    private async Task AssertExposedAsync(string line) => await Poll.UntilAsync(
        async cancellationToken => await _client.GetStringAsync(new Uri("/metrics", UriKind.Relative), cancellationToken),
        metrics => metrics.Contains(line, StringComparison.Ordinal),
        line,
        cancellationToken: TestContext.Current.CancellationToken);

    // One delimited message: name, type: GAUGE, metric { gauge { value: 1 } and further fields }.
    private static byte[] Gauge(string name, params byte[] metricFields)
    {
        byte[] metric = [0x12, 0x09, 0x09, .. BitConverter.GetBytes(1.0), .. metricFields];
        byte[] family = [0x0A, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), 0x18, 0x01, 0x22, (byte)metric.Length, .. metric];
        return [(byte)family.Length, .. family];
    }
}
