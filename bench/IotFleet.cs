using System.Globalization;
using System.Text;
using PushGateway.Formats;
using PushGateway.Queue;

namespace PushGateway.Bench;

/// <summary>Records of devices that an IoT rule puts into the queue.</summary>
internal static class IotFleet
{
    private const int SamplesPerRecord = 2;
    private const string Arn = "arn:aws:sqs:us-east-2:123456789012:fleet";

    // Shorter than the handles of AWS, like everything here: an event of 10,000 messages has 600 bytes per message.
    private const string ReceiptHandle = "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a";

    /// <summary>One record for each device, with two metrics and two dimensions.</summary>
    public static Input Records(int devices) =>
        new(devices == 1 ? "1 record" : $"{devices:#,0} records", devices * SamplesPerRecord, [.. Enumerable.Range(0, devices).Select(device => Encoding.UTF8.GetBytes(Record(device)))]);

    /// <summary>The records of many devices as one JSON array.</summary>
    public static Input Array(int devices) => new(
        $"array of {devices:#,0} records",
        devices * SamplesPerRecord,
        Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Range(0, devices).Select(Record))}]"));

    /// <summary>The records as SQS events, in the form that AWS Lambda hands to a function.</summary>
    public static Input SqsEvents(int events, int recordsPerEvent) => new(
        $"{events:#,0} × {recordsPerEvent:#,0} records",
        events * recordsPerEvent * SamplesPerRecord,
        [.. Enumerable.Range(0, events).Select(i => SqsEvent(i * recordsPerEvent, recordsPerEvent, SqsRecord))]);

    /// <summary>The same records as one SQS event, each as the message that Api makes of a push.</summary>
    public static Input ApiEvent(int records) => new(
        $"1 × {records:#,0} messages of Api", records * SamplesPerRecord, SqsEvent(0, records, ApiRecord));

    private static string Record(int device) => string.Create(
        CultureInfo.InvariantCulture,
        $$$"""
        {"dimensions":{"device":"device-{{{device}}}","site":"site-{{{device % 50}}}"},"timestamp":{{{Batches.NowMs + (device % 1000)}}},"metrics":{"temperature":"{{{20 + (device % 10)}}}.5","humidity":{{{device % 100}}}}}
        """);

    private static byte[] SqsEvent(int first, int records, Func<int, string> record) => Encoding.UTF8.GetBytes(
        $$"""{"Records":[{{string.Join(',', Enumerable.Range(first, records).Select(record))}}]}""");

    private static string SqsRecord(int device) => SqsRecord(device, Record(device).Replace("\"", "\\\"", StringComparison.Ordinal), "");

    private static string ApiRecord(int device)
    {
        var messages = new List<QueueMessage>();
        PushMessageCodec.Encode(
            Batches.Header with { TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" },
            Batches.Parse(PushFormat.Json, Encoding.UTF8.GetBytes(Record(device))),
            QueueBenchmarks.Sqs,
            messages);
        var attributes = messages[0].Attributes.Select(attribute =>
            $$"""
            "{{attribute.Key}}":{"stringValue":"{{attribute.Value}}","stringListValues":[],"binaryListValues":[],"dataType":"String"}
            """);
        return SqsRecord(device, Encoding.UTF8.GetString(messages[0].Body.Span), string.Join(',', attributes));
    }

    // SQS sends timestamps as text.
    private static string SqsRecord(int device, string body, string attributes)
    {
        var id = new Guid(device, 0x43a3, 0x44ab, 0x83, 0xd2, 0x66, 0x19, 0x75, 0x83, 0x0a, 0x7d);
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {"messageId":"{{id}}","receiptHandle":"{{ReceiptHandle}}","body":"{{body}}","attributes":{"ApproximateReceiveCount":"1","SentTimestamp":"{{Batches.NowMs}}","SenderId":"AIDAIENQZJOLO23YVJ4VO","ApproximateFirstReceiveTimestamp":"{{Batches.NowMs + 2}}"},"messageAttributes":{{{attributes}}},"md5OfBody":"{{id:N}}","eventSource":"aws:sqs","eventSourceARN":"{{Arn}}","awsRegion":"us-east-2"}
            """);
    }
}
