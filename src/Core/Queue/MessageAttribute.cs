namespace PushGateway.Queue;

/// <summary>Names of the queue message attributes. All values are strings. A direct producer need not set any of them.</summary>
public static class MessageAttribute
{
    /// <summary>Media type of the body. Without it, the body is a JSON record, an array of records, or records on lines of their own.</summary>
    public const string ContentType = "Content-Type";

    /// <summary>How the body is compressed: <c>gzip</c>, <c>br</c> or <c>snappy</c> (framed).</summary>
    public const string ContentEncoding = "Content-Encoding";

    /// <summary><c>base64</c> when the body is base64 text.</summary>
    public const string ContentTransferEncoding = "Content-Transfer-Encoding";

    /// <summary>
    /// <c>append</c> (the default without a group), <c>merge</c> (the default with one), <c>replace</c>, <c>delete</c>, <c>fail</c> or <c>expire</c>.
    /// </summary>
    public const string Operation = "Push-Operation";

    /// <summary>The grouping key as in Pushgateway's paths: <c>job/backup/instance/db1</c>, percent-encoded.</summary>
    public const string Group = "Push-Group";

    /// <summary>The groups that a <c>delete</c> without <see cref="Group"/> deletes: a selector such as <c>{job="backup"}</c>.</summary>
    public const string Selector = "Push-Selector";

    /// <summary>
    /// How long the group is kept after its last push: a duration such as <c>15m</c>. Without it, the group is kept until it is deleted.
    /// </summary>
    public const string TimeToLive = "Push-TTL";

    /// <summary>Time of the push in nanoseconds since the Unix epoch. Without it, the time when the queue accepted the message.</summary>
    public const string Time = "Push-Time";

    /// <summary>
    /// Which part of a push to a group the message is, when one message cannot carry it: <c>2/3</c>. All parts have the same
    /// <see cref="Group"/>, <see cref="Operation"/> and <see cref="Time"/>. The push takes effect when all are there.
    /// </summary>
    public const string Part = "Push-Part";

    /// <summary>Version of the gateway's own message format. Missing in a direct producer's message.</summary>
    public const string Version = "Push-Version";

    /// <summary>W3C trace context.</summary>
    public const string TraceParent = "traceparent";

    /// <summary>Added to a message in the dead-letter queue: a code of <see cref="Push.RejectCode"/>, a colon and a sentence.</summary>
    public const string DeadLetterReason = "Dead-Letter-Reason";
}
