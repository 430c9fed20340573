namespace PushGateway.Push;

/// <summary>
/// The stable codes of refusals. The same code is used in the HTTP problem, in the metric labels <c>result</c> (pushes) and <c>reason</c>
/// (dead letters), in the dead letter's reason and log event, and in the documentation.
/// </summary>
public static class RejectCode
{
    /// <summary>The body is not Prometheus text format.</summary>
    public const string TextInvalid = "text-invalid";

    /// <summary>The body is not OpenMetrics text.</summary>
    public const string OpenMetricsInvalid = "openmetrics-invalid";

    /// <summary>The body is not delimited protobuf of metric families, or its content cannot be exposed.</summary>
    public const string ProtobufInvalid = "protobuf-invalid";

    /// <summary>The body is not JSON.</summary>
    public const string JsonInvalid = "json-invalid";

    /// <summary>A record is not a JSON object.</summary>
    public const string RecordNotObject = "record-not-object";

    /// <summary>The body has no record or no sample.</summary>
    public const string Empty = "empty";

    /// <summary>A record has a key other than <c>dimensions</c>, <c>metrics</c>, <c>timestamp</c> and, where records name their groups, <c>group</c>.</summary>
    public const string UnknownKey = "unknown-key";

    /// <summary>A key occurs twice in one JSON object.</summary>
    public const string DuplicateKey = "duplicate-key";

    /// <summary><c>dimensions</c> is missing.</summary>
    public const string DimensionsMissing = "dimensions-missing";

    /// <summary><c>dimensions</c> is not an object, or is empty.</summary>
    public const string DimensionsInvalid = "dimensions-invalid";

    /// <summary>A dimension's value is not a string.</summary>
    public const string DimensionNotString = "dimension-not-string";

    /// <summary><c>metrics</c> is missing.</summary>
    public const string MetricsMissing = "metrics-missing";

    /// <summary><c>metrics</c> is not an object, or is empty.</summary>
    public const string MetricsInvalid = "metrics-invalid";

    /// <summary>A metric's value is neither a number nor a string that contains one.</summary>
    public const string MetricNotNumber = "metric-not-number";

    /// <summary>A metric's value is a number beyond the range of a double.</summary>
    public const string MetricOutOfRange = "metric-out-of-range";

    /// <summary>A JSON string is not Unicode text: it has invalid UTF-8, or an escaped surrogate without its other half.</summary>
    public const string StringInvalid = "string-invalid";

    /// <summary>A metric or dimension name is empty.</summary>
    public const string NameEmpty = "name-empty";

    /// <summary>A dimension would become the reserved label <c>__name__</c>.</summary>
    public const string NameReserved = "name-reserved";

    /// <summary>Two names become equal when they are made legal for Prometheus.</summary>
    public const string NameCollision = "name-collision";

    /// <summary><c>timestamp</c> is not an integer number of milliseconds.</summary>
    public const string TimestampInvalid = "timestamp-invalid";

    /// <summary>The timestamp is further in the future than the tolerance.</summary>
    public const string TimestampInFuture = "timestamp-in-future";

    /// <summary>The timestamp is older than the maximum age.</summary>
    public const string TimestampTooOld = "timestamp-too-old";

    /// <summary>Explicit timestamps are not allowed in a push to a group.</summary>
    public const string TimestampNotAllowed = "timestamp-not-allowed";

    /// <summary>A series occurs twice in a push to a group.</summary>
    public const string DuplicateSeries = "duplicate-series";

    /// <summary>
    /// In a push to a group, a family has the name of the <c>_count</c>, <c>_sum</c> or <c>_bucket</c> series of a histogram or summary.
    /// </summary>
    public const string FamilyCollision = "family-collision";

    /// <summary>
    /// In a push to a group, a label's name begins with <c>__</c>, or the grouping key sets <c>le</c> on a histogram or <c>quantile</c> on
    /// a summary.
    /// </summary>
    public const string LabelNotAllowed = "label-not-allowed";

    /// <summary>A series has more labels than allowed.</summary>
    public const string TooManyLabels = "too-many-labels";

    /// <summary>A metric or label name is longer than allowed.</summary>
    public const string NameTooLong = "name-too-long";

    /// <summary>A label value is longer than allowed.</summary>
    public const string LabelValueTooLong = "label-value-too-long";

    /// <summary>
    /// The push has more series or labels than one push may use memory for (<see cref="Model.MetricBatch.MaxSeriesPerPush"/>), or names more
    /// groups than one push may.
    /// </summary>
    public const string PushTooLarge = "push-too-large";

    /// <summary>The body is larger than allowed.</summary>
    public const string BodyTooLarge = "body-too-large";

    /// <summary>The body decompresses to more than allowed.</summary>
    public const string DecompressedTooLarge = "decompressed-too-large";

    /// <summary>The compressed body is truncated, empty or corrupt.</summary>
    public const string CompressionInvalid = "compression-invalid";

    /// <summary>The content encoding is not supported.</summary>
    public const string EncodingUnsupported = "encoding-unsupported";

    /// <summary>The media type is not supported.</summary>
    public const string MediaTypeUnsupported = "media-type-unsupported";

    /// <summary>The grouping key in the path is not valid.</summary>
    public const string GroupingKeyInvalid = "grouping-key-invalid";

    /// <summary>A record that must name a group does not.</summary>
    public const string GroupMissing = "group-missing";

    /// <summary><c>group</c> is not an object of labels with a <c>job</c>.</summary>
    public const string GroupInvalid = "group-invalid";

    /// <summary>A selector of groups cannot be read.</summary>
    public const string SelectorInvalid = "selector-invalid";

    /// <summary>The time to live of a group is not a duration.</summary>
    public const string TimeToLiveInvalid = "ttl-invalid";

    /// <summary>The group would hold more series than allowed, or more than the store can keep in one group.</summary>
    public const string GroupTooLarge = "group-too-large";

    /// <summary>The number of groups is already the largest allowed.</summary>
    public const string TooManyGroups = "too-many-groups";

    /// <summary>The number of series without a group is already the largest that is held.</summary>
    public const string TooManySeries = "too-many-series";

    /// <summary>The request has no valid credential.</summary>
    public const string Unauthorized = "unauthorized";

    /// <summary>The credentials that the request must be checked against cannot be read now.</summary>
    public const string CredentialsUnavailable = "credentials-unavailable";

    /// <summary>The queue cannot take the push now. Nothing of it was promised.</summary>
    public const string QueueUnavailable = "queue-unavailable";

    /// <summary>A queue message has a version or an operation that this build does not know.</summary>
    public const string MessageUnsupported = "message-unsupported";

    /// <summary>A queue message's body does not match its attributes, or its push time cannot be used.</summary>
    public const string MessageInvalid = "message-invalid";

    /// <summary>Not all messages came into which a push was cut, so nothing of it took effect.</summary>
    public const string PushIncomplete = "push-incomplete";

    /// <summary>A single series does not fit into the largest message that the queue takes.</summary>
    public const string MessageTooLarge = "message-too-large";

    /// <summary>What the store on this machine holds of a message, a group or a dead letter can no longer be read: the file is damaged.</summary>
    public const string StorageDamaged = "storage-damaged";

    /// <summary>The gateway's own code failed on the message each time, and on no other.</summary>
    public const string InternalError = "internal-error";

    /// <summary>The sink refused the sample for good.</summary>
    public const string SinkRejected = "sink-rejected";
}
