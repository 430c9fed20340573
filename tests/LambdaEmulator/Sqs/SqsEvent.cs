using System.Text;
using System.Text.Json.Nodes;
using Amazon.SQS.Model;

namespace PushGateway.LambdaEmulator;

/// <summary>The event for a batch of messages: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html.</summary>
sealed class SqsEvent
{
    const string Head = """{"Records":[""";
    const string Tail = "]}";

    readonly string _queueArn;
    readonly List<Message> _messages = [];
    readonly StringBuilder _json = new(Head);
    int _length = Head.Length + Tail.Length;

    /// <summary>Creates an event without messages.</summary>
    internal SqsEvent(string queueArn) => _queueArn = queueArn;

    /// <summary>The messages in the event.</summary>
    internal IReadOnlyList<Message> Messages => _messages;

    /// <summary>Adds a message, unless the event would become larger than the payload of an invocation may be.</summary>
    internal bool TryAdd(Message message)
    {
        var record = Encoding.UTF8.GetString(EventJson.Encode(Record(message)));
        var length = Encoding.UTF8.GetByteCount(record) + 1;
        if (_length + length > PayloadLimits.Request && _messages.Count > 0)
            return false;
        if (_messages.Count > 0)
            _json.Append(',');
        _json.Append(record);
        _length += length;
        _messages.Add(message);
        return true;
    }

    internal byte[] Encode() => Encoding.UTF8.GetBytes(_json + Tail);

    JsonObject Record(Message message)
    {
        var record = new JsonObject
        {
            ["messageId"] = message.MessageId,
            ["receiptHandle"] = message.ReceiptHandle,
            ["body"] = message.Body,
            ["attributes"] = EventJson.Object(message.Attributes ?? [], attribute => attribute.Key, attribute => attribute.Value),
            ["messageAttributes"] = EventJson.Object(
                message.MessageAttributes ?? [], attribute => attribute.Key, attribute => Attribute(attribute.Value)),
        };
        if (message.MD5OfMessageAttributes is { Length: > 0 } digest)
            record["md5OfMessageAttributes"] = digest;
        record["md5OfBody"] = message.MD5OfBody;
        record["eventSource"] = "aws:sqs";
        record["eventSourceARN"] = _queueArn;
        record["awsRegion"] = AwsAccount.Region;
        return record;
    }

    static JsonObject Attribute(MessageAttributeValue attribute)
    {
        var json = new JsonObject();
        if (attribute.BinaryValue is { } binary)
            json["binaryValue"] = Convert.ToBase64String(binary.ToArray());
        else
            json["stringValue"] = attribute.StringValue;
        json["stringListValues"] = new JsonArray();
        json["binaryListValues"] = new JsonArray();
        json["dataType"] = attribute.DataType;
        return json;
    }
}
