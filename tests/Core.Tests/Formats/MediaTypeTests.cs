using System.Text;
using PushGateway.Formats;
using Xunit;

namespace PushGateway.Core.Tests.Formats;

public sealed class MediaTypeTests
{
    [Theory]
    [InlineData("application/json", PushFormat.Json)]
    [InlineData("Application/JSON; charset=utf-8", PushFormat.Json)]
    [InlineData("application/vnd.example+json", PushFormat.Json)]
    [InlineData("application/x-ndjson", PushFormat.Json)]
    [InlineData("text/plain; version=0.0.4", PushFormat.Text)]
    [InlineData("application/openmetrics-text; version=1.0.0; charset=utf-8", PushFormat.OpenMetrics)]
    [InlineData("application/x-protobuf;proto=io.prometheus.write.v2.Request", PushFormat.RemoteWrite2)]
    [InlineData("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited", PushFormat.Protobuf)]
    [InlineData("application/vnd.google.protobuf;encoding=delimited;proto=io.prometheus.client.MetricFamily", PushFormat.Protobuf)]
    [InlineData("Application/VND.google.Protobuf ;PROTO=\"io.prometheus.client.MetricFamily\" ; Encoding = \"delimited\";", PushFormat.Protobuf)]
    [InlineData(
        "application/vnd.google.protobuf; q=\"a;\\\"b\"; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=values", PushFormat.Protobuf)]
    public void A_content_type_names_the_format(string contentType, PushFormat expected)
    {
        Assert.True(MediaType.TryGetFormat(contentType, "m 1\n"u8, out var format));
        Assert.Equal(expected, format);
    }

    [Theory]
    [InlineData("image/png")]
    [InlineData("application/x-protobuf")]
    [InlineData("text/html")]
    [InlineData("application/vnd.google.protobuf")]
    [InlineData("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily")]
    [InlineData("application/vnd.google.protobuf; encoding=delimited")]
    [InlineData("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=text")]
    [InlineData("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=Delimited")]
    [InlineData("application/vnd.google.protobuf; proto=other; encoding=delimited")]
    [InlineData("application/vnd.google.protobuf; proto=other; proto=io.prometheus.client.MetricFamily; encoding=delimited")]
    [InlineData("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; x")]
    [InlineData("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=\"delimited")]
    [InlineData("application/vnd.google.protobuf, proto=io.prometheus.client.MetricFamily; encoding=delimited")]
    public void Others_are_unknown(string contentType) => Assert.False(MediaType.TryGetFormat(contentType, "m 1\n"u8, out _));

    [Theory]
    [InlineData("{\"dimensions\":{}}", PushFormat.Json)]
    [InlineData(" \r\n\t{ \"a\\\"b\" : 1}", PushFormat.Json)]
    [InlineData("\uFEFF{\"a\":1}", PushFormat.Json)]
    [InlineData("[]", PushFormat.Json)]
    [InlineData("{}", PushFormat.Json)]
    [InlineData("{ }", PushFormat.Json)]
    [InlineData("m 1\n", PushFormat.Text)]
    [InlineData("# HELP m\n", PushFormat.Text)]
    [InlineData("{\"quoted\"} 1\n", PushFormat.Text)]
    [InlineData("{\"quoted\",l=\"v\"} 1\n", PushFormat.Text)]
    [InlineData("{l=\"v\"} 1\n", PushFormat.Text)]
    [InlineData("{\"unfinished", PushFormat.Text)]
    [InlineData("", PushFormat.Text)]
    public void Without_one_the_first_tokens_tell(string body, PushFormat expected)
    {
        foreach (var contentType in new[] { null, "", "application/x-www-form-urlencoded", "application/octet-stream" })
        {
            Assert.True(MediaType.TryGetFormat(contentType, Encoding.UTF8.GetBytes(body), out var format));
            Assert.Equal(expected, format);
        }
    }
}
