using System.Globalization;
using System.Text;
using PushGateway.Formats;
using PushGateway.Formats.Json;
using PushGateway.Model;
using PushGateway.Push;
using Xunit;
using static PushGateway.Core.Tests.Formats.Json.JsonRecords;

namespace PushGateway.Core.Tests.Formats.Json;

public sealed class ReferenceRecordTests
{
    private static readonly int Cases =
        int.Parse(Environment.GetEnvironmentVariable("PUSHGATEWAY_FUZZ_CASES") ?? "5000", CultureInfo.InvariantCulture);

    [Fact]
    public void Every_body_has_the_verdict_and_the_series_of_the_reference()
    {
        var accepted = 0;
        for (var seed = 0; seed < Cases; seed++)
        {
            var bodies = new RecordBodies(seed);
            var body = seed % 2 == 0 ? bodies.Valid() : bodies.Mutated();
            var expected = ReferenceRecordParser.Parse(body, PushLimits.Default, Now);
            var actual = Parse(body);
            if (!(expected ?? []).SequenceEqual(actual ?? []) || expected is null != actual is null)
            {
                Assert.Fail($"seed {seed}\n{Encoding.UTF8.GetString(body)}\n--- expected\n{Lines(expected)}\n--- actual\n{Lines(actual)}");
            }

            accepted += actual is null ? 0 : 1;
        }

        Assert.InRange(accepted, Cases / 4, Cases * 3 / 4);
    }

    [Theory]
    [InlineData("""{"dimensions":{"device":"d1","site":"s"},"timestamp":1699999999000,"metrics":{"temperature":"21.5","humidity":40}}""")]
    [InlineData("""{"timestamp": 1699999999000, "dimensions": {"device": "d1", "site": ""}, "metrics": {"temperature": -21.5e-3}}""")]
    [InlineData("""[{"dimensions":{"a":"b"},"metrics":{"m":1},"timestamp":1699999999000}, {"dimensions":{"a":"c"},"metrics":{"m":2}}]""")]
    [InlineData("{\"dimensions\":{\"a\":\"b\"},\"metrics\":{\"m\":1}}\r\n{\"dimensions\":{\"a\":\"c\"},\"metrics\":{\"m\":2}}\n")]
    public void What_senders_usually_send_is_read_fast(string body)
    {
        var context = Context;
        var batch = new MetricBatch();
        batch.BeginPush();

        Assert.True(new CommonRecordReader(Encoding.UTF8.GetBytes(body), batch, context, new Label[16]).TryReadBody());

        Assert.Equal(ReferenceRecordParser.Parse(Encoding.UTF8.GetBytes(body), PushLimits.Default, Now), Dump(batch));
    }

    private static string[]? Parse(byte[] body)
    {
        var batch = new MetricBatch();
        batch.BeginPush();
        return PushReader.TryRead(PushFormat.Json, body, toGroup: false, batch, Context, out _) ? Dump(batch) : null;
    }

    private static string Lines(string[]? series) => series is null ? "refused" : string.Join("\n", series);
}
