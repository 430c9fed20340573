using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using PushGateway.Core.Tests.Histograms;
using PushGateway.Formats;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Queue;
using PushGateway.Reference.ClientModel;
using PushGateway.Testing;
using Xunit;
using MetricType = PushGateway.Model.MetricType;
using Sample = PushGateway.Model.Sample;

namespace PushGateway.Core.Tests.Queue;

public sealed class PushMessageCodecTests
{
    private const long SentMs = 1_700_000_000_000;
    private const long AcceptedNs = (SentMs * 1_000_000) + 123_400;

    // The time of that push: that of the queue, and behind it a thousandth of a thousandth of what is beyond the second.
    private const long TakenNs = (SentMs * 1_000_000) + 123;

    private static readonly MessageCapacity Sqs = new(256 * 1024, TextOnly: true, ChunkBytes: 64 * 1024);
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly MessageCapacity Binary = new(1024 * 1024, TextOnly: false, ChunkBytes: 0);

    [Fact]
    public void A_push_comes_back_as_it_was()
    {
        foreach (var format in new[] { Sqs, Binary })
        {
            var batch = Example(("job", "backup"), ("instance", "db 1"));
            var messages = Encode(Header(PushOperation.Replace, "job/backup/instance/db%201"), batch, format);

            var decoded = new MetricBatch();
            Assert.True(PushMessageCodec.TryDecode(Receive(Assert.Single(messages)), decoded, PushLimits.Default, out var header, out _));

            Assert.Equal(Header(PushOperation.Replace, "job/backup/instance/db%201") with { PushTimeNs = TakenNs }, header);
            Assert.Equal([.. batch.Lines(), PushTimeOf("instance=db 1 job=backup")], decoded.Lines());
        }
    }

    [Fact]
    public void Version_1_is_what_it_was()
    {
        var header = Header(PushOperation.Merge, "job/j/instance@base64/=") with { TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };
        var message = Assert.Single(Encode(header, Example(), Sqs));
        var written = JsonSerializer.Serialize(
            new { message.Attributes, Body = Encoding.ASCII.GetString(message.Body.Span) },
            Indented);

        Assert.Equal(ReadGolden("message-v1.json"), written);
    }

    [Theory]
    [InlineData("message-v1.json")]
    [InlineData("message-v1-by-first-use.json")]
    public void Version_1_is_read_whatever_the_order_of_its_symbols(string name)
    {
        using var golden = JsonDocument.Parse(ReadGolden(name));
        var message = new QueueMessage(
            Encoding.ASCII.GetBytes(golden.RootElement.GetProperty("Body").GetString()!),
            golden.RootElement.GetProperty("Attributes").EnumerateObject().ToDictionary(a => a.Name, a => a.Value.GetString()!));

        var decoded = new MetricBatch();
        Assert.True(PushMessageCodec.TryDecode(Receive(message), decoded, PushLimits.Default, out var header, out _));

        Assert.Equal(PushOperation.Merge, header.Operation);
        Assert.Equal([.. Example(("job", "j")).Lines(), PushTimeOf("job=j")], decoded.Lines());
    }

    [Fact]
    public void Version_1_has_native_histograms_as_it_had_them()
    {
        var written = Assert.Single(Encode(Header(), Histograms(), Sqs));
        Assert.Equal(ReadGolden("histograms-v1.base64"), Encoding.ASCII.GetString(written.Body.Span));

        foreach (var name in new[] { "histograms-v1.base64", "histograms-v1-by-first-use.base64" })
        {
            var decoded = new MetricBatch();
            var message = new QueueMessage(Encoding.ASCII.GetBytes(ReadGolden(name)), written.Attributes);
            Assert.True(PushMessageCodec.TryDecode(Receive(message), decoded, PushLimits.Default, out _, out _));
            Assert.Equal(Histograms().Lines(), decoded.Lines());
        }
    }

    [Fact]
    public void A_delete_is_a_message_with_a_body()
    {
        var message = Assert.Single(Encode(Header(PushOperation.Delete, "job/j"), new MetricBatch(), Sqs));

        Assert.False(message.Body.IsEmpty);
        var decoded = new MetricBatch();
        Assert.True(PushMessageCodec.TryDecode(Receive(message), decoded, PushLimits.Default, out var header, out _));
        Assert.Equal(PushOperation.Delete, header.Operation);
        Assert.True(decoded.Series.IsEmpty);
    }

    [Fact]
    public void A_push_is_compressed_when_that_saves_a_chunk_and_only_then()
    {
        Assert.DoesNotContain(MessageAttribute.ContentEncoding, Assert.Single(Encode(Header(), Many(10), Sqs)).Attributes.Keys);

        var large = Assert.Single(Encode(Header(), Many(2000), Sqs));
        Assert.Equal("br", large.Attributes[MessageAttribute.ContentEncoding]);
        AssertSameSamples(Many(2000), [large]);
    }

    [Theory]
    [InlineData(16 * 1024)]
    [InlineData(2 * 1024)]
    public void What_does_not_fit_is_split_and_every_part_fits(int maxBytes)
    {
        var format = new MessageCapacity(maxBytes, TextOnly: true, ChunkBytes: 0);
        var messages = Encode(Header(), Many(3000), format);

        Assert.True(messages.Count > 1);
        Assert.All(messages, message => Assert.InRange(SizeOf(message), 1, maxBytes));
        AssertSameSamples(Many(3000), messages);
        Assert.All(messages, message => Assert.DoesNotContain(MessageAttribute.Part, message.Attributes.Keys));
    }

    [Theory]
    [InlineData(PushOperation.Replace)]
    [InlineData(PushOperation.Merge)]
    public void The_parts_of_a_push_to_a_group_say_which_they_are(PushOperation operation)
    {
        var format = new MessageCapacity(16 * 1024, TextOnly: true, ChunkBytes: 0);
        var messages = Encode(Header(operation, "job/j"), Many(3000), format);

        Assert.True(messages.Count > 1);
        for (var i = 0; i < messages.Count; i++)
        {
            Assert.InRange(SizeOf(messages[i]), 1, format.MaxBytes);
            Assert.True(PushMessageCodec.TryDecode(Receive(messages[i]), new MetricBatch(), PushLimits.Default, out var header, out _));
            Assert.Equal(new PushPart(i + 1, messages.Count), header.Part);
        }

        Assert.DoesNotContain(MessageAttribute.Part, Assert.Single(Encode(Header(operation, "job/j"), Many(3000), Sqs)).Attributes.Keys);
    }

    [Theory]
    [InlineData("2")]
    [InlineData("0/2")]
    [InlineData("3/2")]
    [InlineData("1/1")]
    [InlineData("-1/2")]
    [InlineData("1/10000")]
    [InlineData("1/2/3")]
    [InlineData("")]
    public void A_part_that_is_none_is_refused(string part)
    {
        var message = Message("m 1\n", (MessageAttribute.ContentType, "text/plain"), (MessageAttribute.Group, "job/j"), (MessageAttribute.Part, part), (MessageAttribute.Time, "1"));

        Assert.False(PushMessageCodec.TryDecode(message, new MetricBatch(), PushLimits.Default, out _, out var error));
        Assert.Equal(RejectCode.MessageInvalid, error.Code);
    }

    [Fact]
    public void A_part_needs_the_time_of_its_push()
    {
        var message = Message("m 1\n", (MessageAttribute.ContentType, "text/plain"), (MessageAttribute.Group, "job/j"), (MessageAttribute.Part, "1/2"));

        Assert.False(PushMessageCodec.TryDecode(message, new MetricBatch(), PushLimits.Default, out _, out var error));
        Assert.Equal(RejectCode.MessageInvalid, error.Code);
    }

    [Theory]
    [InlineData(-29_000)]
    [InlineData(-10)]
    [InlineData(2000)]
    [InlineData(3_600_000)]
    public void Pushes_of_several_Apis_are_in_the_order_of_the_queue(long skewMs)
    {
        // The other Api's clock is right. Pushes of one millisecond are in the order of acceptance.
        long[] times =
        [
            TimeOf(SentMs, (SentMs + skewMs) * 1_000_000),
            TimeOf(SentMs, ((SentMs + skewMs) * 1_000_000) + 100),
            TimeOf(SentMs + 1, (SentMs * 1_000_000) + 500),
            TimeOf(SentMs + 2, (SentMs + skewMs) * 1_000_000),
        ];

        Assert.Equal(times.Order(), times);
        Assert.All(times, time => Assert.InRange(time / 1_000_000, SentMs, SentMs + 2));
        Assert.Equal(SentMs * 1_000_000, TimeOf(SentMs + 31_000, SentMs * 1_000_000));

        static long TimeOf(long sentMs, long acceptedNs)
        {
            var message = Assert.Single(Encode(Header(PushOperation.Delete, "job/j") with { PushTimeNs = acceptedNs }, new MetricBatch(), Sqs));
            Assert.True(PushMessageCodec.TryDecode(new ReceivedMessage("1", message, sentMs), new MetricBatch(), PushLimits.Default, out var header, out _));
            return header.PushTimeNs;
        }
    }

    [Fact]
    public void A_series_too_large_for_any_message_is_an_error()
    {
        var batch = new MetricBatch().Add("m", [("l", new string('x', 3000))], [new(SentMs, 1)]);
        var messages = new List<QueueMessage>();

        var error = PushMessageCodec.Encode(Header(), batch, new MessageCapacity(1024, TextOnly: true, ChunkBytes: 0), messages);

        Assert.Equal(RejectCode.MessageTooLarge, error?.Code);
    }

    [Fact]
    public void A_message_without_attributes_is_a_json_record()
    {
        var decoded = new MetricBatch();
        var message = Message("""{"dimensions":{"room":"kitchen"},"metrics":{"temperature":"21.5"}}""");

        Assert.True(PushMessageCodec.TryDecode(message, decoded, PushLimits.Default, out var header, out _));

        Assert.Equal(new PushHeader(PushOperation.Append, null, SentMs * 1_000_000), header);
        Assert.Equal(["temperature Unspecified  | temperature room=kitchen @1700000000000 4035800000000000 float"], decoded.Lines());
    }

    [Fact]
    public void A_direct_producer_may_send_text_to_a_group()
    {
        var decoded = new MetricBatch();
        var message = Message(
            "# TYPE runs counter\nruns{instance=\"x\"} 3\n", (MessageAttribute.ContentType, "text/plain"), (MessageAttribute.Group, "job/backup/instance/db1"));

        Assert.True(PushMessageCodec.TryDecode(message, decoded, PushLimits.Default, out var header, out _));

        Assert.Equal(PushOperation.Merge, header.Operation);
        Assert.Equal(["runs Counter  | runs instance=db1 job=backup @1700000000000 4008000000000000 float", PushTime("instance=db1 job=backup", 1_700_000_000)], decoded.Lines());
    }

    [Fact]
    public void What_a_producer_pushes_as_the_time_of_a_push_gives_way_to_the_time_of_the_push()
    {
        var decoded = new MetricBatch();
        var message = Message(
            "# TYPE push_time_seconds histogram\npush_time_seconds_bucket{le=\"1\"} 1\npush_failure_time_seconds 7\nm 1\n",
            (MessageAttribute.ContentType, "text/plain"),
            (MessageAttribute.Group, "job/j"));

        Assert.True(PushMessageCodec.TryDecode(message, decoded, PushLimits.Default, out _, out _));

        Assert.Equal(["m Unspecified  | m job=j @1700000000000 3ff0000000000000 float", PushTime("job=j", 1_700_000_000)], decoded.Lines());
    }

    [Fact]
    public void A_failure_brings_its_time()
    {
        var message = Assert.Single(Encode(Header(PushOperation.Fail, "job/j"), new MetricBatch(), Sqs));

        var decoded = new MetricBatch();
        Assert.True(PushMessageCodec.TryDecode(Receive(message), decoded, PushLimits.Default, out var header, out _));

        Assert.Equal(PushOperation.Fail, header.Operation);
        var line = Assert.Single(decoded.Lines());
        Assert.StartsWith("push_failure_time_seconds Gauge Last Unix time when changing this group in the Pushgateway failed. | ", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Time_to_live_and_selector_come_back_as_they_were()
    {
        Assert.True(GroupSelector.TryParse("""job="a\"b",x!="é" """, out var selector, out _));
        foreach (var header in new[]
        {
            Header(PushOperation.Merge, "job/j") with { TimeToLive = TimeSpan.FromMilliseconds(1500) },
            Header(PushOperation.Expire, "job/j") with { TimeToLive = TimeSpan.FromMinutes(15) },
            Header(PushOperation.Delete) with { Selector = selector },
        })
        {
            var message = Assert.Single(Encode(header, new MetricBatch(), Sqs));

            Assert.True(PushMessageCodec.TryDecode(Receive(message), new MetricBatch(), PushLimits.Default, out var decoded, out _));
            Assert.Equal(header.Operation == PushOperation.Expire ? header : header with { PushTimeNs = TakenNs }, decoded);
        }
    }

    [Theory]
    [InlineData("job/backup")]
    [InlineData(null)]
    public void A_direct_producer_s_record_does_not_name_its_group(string? group)
    {
        (string, string)[] attributes = group is null ? [] : [(MessageAttribute.Group, group)];
        var message = Message("""{"group":{"job":"backup"},"dimensions":{"d":"x"},"metrics":{"a":1}}""", attributes);

        Assert.False(PushMessageCodec.TryDecode(message, new MetricBatch(), PushLimits.Default, out _, out var error));
        Assert.Equal((RejectCode.UnknownKey, "/group"), (error.Code, error.Pointer));
        Assert.Contains(MessageAttribute.Group, error.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_direct_producer_may_give_times_to_a_group_where_they_are_allowed(bool allowed)
    {
        var message = Message($"runs 1 {SentMs}\n", (MessageAttribute.ContentType, "text/plain"), (MessageAttribute.Group, "job/backup"));
        var limits = PushLimits.Default with { AllowTimestamps = allowed };

        Assert.Equal(allowed, PushMessageCodec.TryDecode(message, new MetricBatch(), limits, out _, out var error));
        Assert.Equal(allowed ? null : RejectCode.TimestampNotAllowed, error?.Code);
    }

    [Fact]
    public void What_a_direct_producer_sends_to_a_group_has_to_be_consistent()
    {
        var decoded = new MetricBatch();
        var message = Message("runs 1\nruns 2\n", (MessageAttribute.ContentType, "text/plain"), (MessageAttribute.Group, "job/backup"));

        Assert.False(PushMessageCodec.TryDecode(message, decoded, PushLimits.Default, out _, out var error));
        Assert.Equal(RejectCode.DuplicateSeries, error.Code);
    }

    [Fact]
    public void What_the_gateway_has_accepted_is_read_back_whatever_a_check_says()
    {
        var batch = new MetricBatch();
        batch.BeginPush();
        batch.Add("runs", [], [new Model.Sample(SentMs, 1)]).Add("runs", [], [new Model.Sample(SentMs, 2)]);

        var decoded = new MetricBatch();
        var message = Assert.Single(Encode(Header(PushOperation.Merge, "job/backup"), batch, Sqs));
        Assert.True(PushMessageCodec.TryDecode(Receive(message), decoded, PushLimits.Default, out _, out _));
        Assert.Equal(2, decoded.Lines().Count(line => line.StartsWith("runs ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("{}", RejectCode.DimensionsMissing)]
    [InlineData("no json", RejectCode.JsonInvalid)]
    [InlineData("\0", RejectCode.JsonInvalid)]
    [InlineData("m 1\n", RejectCode.MessageUnsupported, MessageAttribute.Version, "2")]
    [InlineData("m 1\n", RejectCode.MediaTypeUnsupported, MessageAttribute.ContentType, "image/png")]
    [InlineData("m 1", RejectCode.TextInvalid, MessageAttribute.ContentType, "text/plain")]
    [InlineData("m 1 5\n", RejectCode.TimestampTooOld, MessageAttribute.ContentType, "text/plain")]
    [InlineData("[]", RejectCode.GroupingKeyInvalid, MessageAttribute.Group, "nojob/x")]
    [InlineData("[]", RejectCode.MessageUnsupported, MessageAttribute.Operation, "explode")]
    [InlineData("[]", RejectCode.MessageUnsupported, MessageAttribute.Operation, "replace")]
    [InlineData("[]", RejectCode.MessageInvalid, MessageAttribute.Time, "soon")]
    [InlineData("[]", RejectCode.EncodingUnsupported, MessageAttribute.ContentTransferEncoding, "quoted-printable")]
    [InlineData("?!", RejectCode.MessageInvalid, MessageAttribute.ContentTransferEncoding, "base64")]
    [InlineData("[]", RejectCode.EncodingUnsupported, MessageAttribute.ContentEncoding, "zstd")]
    [InlineData("[]", RejectCode.CompressionInvalid, MessageAttribute.ContentEncoding, "gzip")]
    [InlineData("[]", RejectCode.CompressionInvalid, MessageAttribute.ContentEncoding, "br")]
    [InlineData("x", RejectCode.MessageInvalid, MessageAttribute.ContentType, "application/x-protobuf;proto=io.prometheus.write.v2.Request")]
    public void What_cannot_be_read_says_why(string body, string code, string? attribute = null, string? value = null)
    {
        var message = attribute is null ? Message(body) : Message(body, (attribute, value!));

        Assert.False(PushMessageCodec.TryDecode(message, new MetricBatch(), PushLimits.Default, out _, out var error));

        Assert.Equal(code, error.Code);
        Assert.NotEmpty(error.Detail);
    }

    [Theory]
    [InlineData(365L * 24 * 3600 * 10, RejectCode.TimestampInFuture)]
    [InlineData(-25L * 3600, RejectCode.TimestampTooOld)]
    public void Limits_hold_whatever_attributes_a_producer_sets(long seconds, string code)
    {
        var batch = new MetricBatch();
        batch.BeginPush();
        batch.Add("m", [], [new Sample(SentMs + (seconds * 1000), 1)]);
        AssertRefused(batch, code);
    }

    [Fact]
    public void Limits_of_labels_hold_whatever_attributes_a_producer_sets()
    {
        var batch = new MetricBatch();
        batch.BeginPush();
        AssertRefused(batch.Add("m", [("l", new string('x', 2049))], [new Sample(SentMs, 1)]), RejectCode.LabelValueTooLong);

        batch = new MetricBatch();
        batch.BeginPush();
        AssertRefused(
            batch.Add("m", [.. Enumerable.Range(0, 70).Select(i => (string.Create(CultureInfo.InvariantCulture, $"l{i:00}"), "x"))], [new Sample(SentMs, 1)]),
            RejectCode.TooManyLabels);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(30_000)]
    [InlineData(-30_000)]
    public void A_sample_that_was_accepted_at_the_edge_of_the_limits_is_read_back_by_a_queue_with_another_clock(long delayMs)
    {
        var limits = PushLimits.Default;
        var receivedMs = SentMs - delayMs;
        foreach (var timestampMs in new[] { receivedMs - (long)limits.MaxSampleAge.TotalMilliseconds, receivedMs + (long)limits.FutureTolerance.TotalMilliseconds })
        {
            var batch = new MetricBatch();
            var start = batch.BeginPush();
            batch.Add("m", [], [new Sample(timestampMs, 1)]);
            Assert.Null(limits.Check(batch, start, receivedMs));

            var message = Assert.Single(Encode(Header() with { PushTimeNs = receivedMs * 1_000_000 }, batch, Sqs));
            Assert.True(PushMessageCodec.TryDecode(Receive(message), new MetricBatch(), limits, out _, out var error), error?.Detail);
        }
    }

    [Fact]
    public void A_push_time_ahead_of_the_queue_is_brought_back_with_the_samples_that_had_no_other()
    {
        var aheadMs = SentMs + (2 * 3600 * 1000);
        var batch = new MetricBatch();
        batch.BeginPush();
        batch.Add("m", [], [new Sample(Sample.NoTimestamp, 1)]).Add("n", [], [new Sample(SentMs - 1, 1)]);
        var message = Assert.Single(Encode(Header(PushOperation.Merge, "job/j") with { PushTimeNs = (aheadMs * 1_000_000) + 5 }, batch, Sqs));

        var decoded = new MetricBatch();
        Assert.True(PushMessageCodec.TryDecode(Receive(message), decoded, PushLimits.Default, out var header, out var error), error?.Detail);

        Assert.Equal(SentMs * 1_000_000, header.PushTimeNs);
        Assert.Equal([SentMs, SentMs - 1, SentMs], decoded.Samples.ToArray().Select(sample => sample.TimestampMs));
    }

    [Fact]
    public void An_ordered_queue_gives_a_push_its_time_and_leaves_the_timestamps_that_were_pushed()
    {
        var acceptedNs = (SentMs * 1_000_000) + 7;
        var storedNs = acceptedNs + 3_000_000;
        var batch = new MetricBatch();
        batch.BeginPush();
        batch.Add("m", [], [new Sample(Sample.NoTimestamp, 1)]).Add("n", [], [new Sample(SentMs, 1)]);
        batch.Add("h", [], [new Sample(Sample.NoTimestamp, 2, IsInteger: true)]);
        var message = Assert.Single(Encode(Header(PushOperation.Merge, "job/j") with { PushTimeNs = acceptedNs, AcceptedNs = acceptedNs }, batch, Sqs));

        var decoded = new MetricBatch();
        var received = new ReceivedMessage("1", message, SentMs) { StoredNs = storedNs };
        Assert.True(PushMessageCodec.TryDecode(received, decoded, PushLimits.Default, out var header, out var error), error?.Detail);

        Assert.Equal((storedNs, acceptedNs), (header.PushTimeNs, header.AcceptedNs));
        Assert.Equal([SentMs + 3, SentMs, SentMs + 3, SentMs + 3], decoded.Samples.ToArray().Select(sample => sample.TimestampMs));
    }

    [Theory]
    [InlineData(PushFormat.Text, "# HELP m some\n# TYPE m counter\nm{a=\"1\"} 1\nm{a=\"2\",job=\"other\"} 2\nplain 3\n")]
    [InlineData(PushFormat.Text, "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum 3\nh_count 2\n# TYPE s summary\ns{quantile=\"0.5\"} 4\ns_sum 5\ns_count 6\n")]
    [InlineData(PushFormat.Text, "push_time_seconds 1\nm 2\n")]
    [InlineData(PushFormat.Text, "# TYPE nothing gauge\n# HELP m some\nm 2\n# TYPE neither counter\n")]
    [InlineData(PushFormat.OpenMetrics, "# TYPE c_seconds counter\n# UNIT c_seconds seconds\nc_seconds_total 5\n# EOF\n")]
    [InlineData(PushFormat.Json, """[{"dimensions":{"a":"1"},"metrics":{"x":1,"y":2.5}},{"dimensions":{"b":"2"},"metrics":{"x":"7"}}]""")]
    public void A_push_that_is_handed_over_is_read_as_its_message_is(PushFormat format, string body)
    {
        var accepted = new MetricBatch();
        var context = new ParseContext(PushLimits.Default, SentMs) { DefaultTimestampMs = Sample.NoTimestamp };
        var header = Header(PushOperation.Replace, "job/j") with { PushTimeNs = SentMs * 1_000_000, AcceptedNs = SentMs * 1_000_000 };
        accepted.Symbols.Intern("something before");
        var start = accepted.BeginPush(header.Group!.LabelsIn(accepted.Symbols));
        Assert.True(PushReader.TryRead(format, Encoding.UTF8.GetBytes(body), toGroup: false, accepted, context, out var refusal), refusal?.Detail);
        var push = new BatchedPush(header, accepted, start, accepted.Mark);
        var messages = new List<QueueMessage>();
        Assert.Null(PushMessageCodec.Encode(push, Sqs, messages));
        var returned = 0;
        var shared = new SharedBatch(accepted, _ => returned++);

        var decoded = new MetricBatch();
        var handedOver = new MetricBatch();
        for (var i = 0; i < 2; i++)
        {
            var message = new ReceivedMessage("1", messages[0], SentMs) { StoredNs = (SentMs + i) * 1_000_000 };
            Assert.True(PushMessageCodec.TryDecode(message, decoded, PushLimits.Default, out var expected, out _));
            shared.Hold();
            message = new ReceivedMessage("1", messages[0], SentMs) { StoredNs = message.StoredNs, Accepted = new AcceptedPush(push, shared) };
            Assert.True(PushMessageCodec.TryDecode(message, handedOver, PushLimits.Default, out var actual, out _));
            Assert.Equal(expected, actual);
        }

        Assert.Equal(decoded.Lines(), handedOver.Lines());
        Assert.Equal(decoded.Families.ToArray().Select(family => family.LastSeries), handedOver.Families.ToArray().Select(family => family.LastSeries));
        Assert.Equal(0, returned);
        shared.Release();
        Assert.Equal(1, returned);
    }

    [Fact]
    public void An_expiry_keeps_the_time_of_the_push_that_it_follows()
    {
        var expiry = new PushHeader(PushOperation.Expire, Header(PushOperation.Delete, "job/j").Group, 5) { TimeToLive = TimeSpan.FromSeconds(1) };
        var message = Assert.Single(Encode(expiry, new MetricBatch(), Sqs));

        var received = new ReceivedMessage("1", message, SentMs) { StoredNs = SentMs * 1_000_000 };
        Assert.True(PushMessageCodec.TryDecode(received, new MetricBatch(), PushLimits.Default, out var header, out _));
        Assert.Equal(5, header.PushTimeNs);
    }

    [Theory]
    [InlineData(-3_600_000, -3_600_000)]
    [InlineData(2000, 2000)]
    [InlineData(2001, 0)]
    public void The_push_time_of_another_producer_stays_unless_it_is_ahead(long timeMs, long takenMs)
    {
        var message = Message(
            "[]", (MessageAttribute.Operation, "delete"), (MessageAttribute.Group, "job/j"), (MessageAttribute.Time, $"{(SentMs + timeMs) * 1_000_000}"));

        Assert.True(PushMessageCodec.TryDecode(message, new MetricBatch(), PushLimits.Default, out var header, out _));
        Assert.Equal((SentMs + takenMs) * 1_000_000, header.PushTimeNs);
    }

    private static void AssertRefused(MetricBatch batch, string code)
    {
        var message = Assert.Single(Encode(Header(), batch, Sqs));

        Assert.False(PushMessageCodec.TryDecode(Receive(message), new MetricBatch(), PushLimits.Default, out _, out var error));
        Assert.Equal(code, error.Code);
    }

    [Fact]
    public void Mutated_messages_are_read_or_refused_and_nothing_else()
    {
        var random = new Random(20231114);
        var original = Assert.Single(Encode(Header(PushOperation.Replace, "job/j"), Example(), Binary));
        for (var i = 0; i < 20_000; i++)
        {
            var body = original.Body.ToArray();
            for (var flips = random.Next(1, 4); flips > 0; flips--)
            {
                body[random.Next(body.Length)] = (byte)random.Next(256);
            }

            var cut = random.Next(4) == 0 ? body[..random.Next(body.Length)] : body;
            var batch = new MetricBatch();
            if (PushMessageCodec.TryDecode(Receive(original with { Body = cut }), batch, PushLimits.Default, out _, out var error))
            {
                Assert.All(batch.Lines(), Assert.NotEmpty);
            }
            else
            {
                Assert.NotEmpty(error.Detail);
            }
        }
    }

    private static MetricBatch Example(params (string Name, string Value)[] groupingLabels)
    {
        var batch = new MetricBatch();
        batch.BeginPush([.. groupingLabels.Select(label => new Label(batch.Symbols.Intern(label.Name), batch.Symbols.Intern(label.Value)))]);
        return batch
            .Add("Z", [("A", "upper"), ("__a", "before"), ("a", "é\n\u0001")], [new(SentMs, 12, IsInteger: true)], MetricType.Gauge, "help\ntext")
            .Add("h_bucket", [("le", "+Inf")], [new(SentMs, 3)], MetricType.Histogram, "a histogram")
            .Add("h_sum", [], [new(SentMs, double.NaN)], MetricType.Histogram, "a histogram")
            .Add("h_count", [], [new(SentMs, 3)], MetricType.Histogram, "a histogram")
            .Add("s", [("quantile", "0.5")], [new(SentMs, -0.0), new(SentMs + 1, StaleMarker.Value)], MetricType.Summary)
            .Add("s_count", [], [new(SentMs, double.PositiveInfinity)], MetricType.Summary);
    }

    private static MetricBatch Histograms()
    {
        var integers = new Histogram
        {
            SampleCount = 8,
            SampleSum = -1.5,
            Schema = 3,
            ZeroThreshold = 0.001,
            ZeroCount = 1,
            PositiveSpan = { new BucketSpan { Offset = -2, Length = 2 }, new BucketSpan { Offset = 300, Length = 1 } },
            PositiveDelta = { 3, -2, 1 },
            NegativeSpan = { new BucketSpan { Length = 1 } },
            NegativeDelta = { 1 },
        };
        var floats = new Histogram
        {
            SampleCountFloat = 2.5,
            SampleSum = double.NaN,
            Schema = -4,
            PositiveSpan = { new BucketSpan { Length = 1 } },
            PositiveCount = { 2.5 },
        };
        var batch = new MetricBatch();
        batch.BeginPush();
        return batch
            .Add("h", [("n", "1")], [Of(0, integers)], MetricType.Histogram, "native")
            .Add("h", [("n", "2")], [Of(0, floats), Of(1, integers)], MetricType.Histogram, "native")
            .Add("g", [], [new(SentMs, 1)], MetricType.Gauge);

        Sample Of(int delay, Histogram histogram) => new(SentMs + delay, 0, Histogram: HistogramModel.Intern(histogram, batch.Symbols));
    }

    private static MetricBatch Many(int series)
    {
        var batch = new MetricBatch();
        batch.BeginPush();
        for (var i = 0; i < series; i++)
        {
            batch.Add($"metric_{i / 20}", [("instance", $"host-{i % 20}"), ("region", "eu-central-1")], [new(SentMs, i * 1.5)], MetricType.Gauge, $"Help of {i / 20}.");
        }

        return batch;
    }

    private static void AssertSameSamples(MetricBatch expected, IReadOnlyList<QueueMessage> messages)
    {
        var decoded = new MetricBatch();
        Assert.All(messages, message => Assert.True(PushMessageCodec.TryDecode(Receive(message), decoded, PushLimits.Default, out _, out _)));
        Assert.Equal(expected.Lines(), decoded.Lines());
    }

    private static List<QueueMessage> Encode(PushHeader header, MetricBatch batch, MessageCapacity capacity)
    {
        var messages = new List<QueueMessage>();
        Assert.Null(PushMessageCodec.Encode(header, batch, capacity, messages));
        return messages;
    }

    private static string PushTimeOf(string labels) => PushTime(labels, TakenNs / 1e9);

    private static string PushTime(string labels, double seconds) => string.Create(
        CultureInfo.InvariantCulture,
        $"push_time_seconds Gauge Last Unix time when changing this group in the Pushgateway succeeded. | push_time_seconds {labels} @{SentMs} {BitConverter.DoubleToUInt64Bits(seconds):x} float");

    private static PushHeader Header(PushOperation operation = PushOperation.Append, string? path = null)
    {
        GroupingKey? group = null;
        if (path is not null)
        {
            Assert.True(GroupingKeyParser.TryParse(path, out group, out _));
        }

        return new PushHeader(operation, group, AcceptedNs);
    }

    private static ReceivedMessage Message(string body, params (string Name, string Value)[] attributes) =>
        Receive(new QueueMessage(Encoding.UTF8.GetBytes(body), attributes.ToDictionary(a => a.Name, a => a.Value)));

    private static ReceivedMessage Receive(QueueMessage message) => new("1", message, SentMs);

    private static int SizeOf(QueueMessage message) =>
        message.Body.Length + message.Attributes.Sum(attribute => attribute.Key.Length + "String".Length + attribute.Value.Length);

    private static string ReadGolden(string name) =>
        File.ReadAllText(RepositoryRoot.Combine("tests", "Core.Tests", "Queue", "Golden", name)).TrimEnd('\n');
}
