namespace PushGateway.Aws.Lambda.Events;

/// <summary>The kinds of events that the worker function understands.</summary>
internal enum WorkerEventKind
{
    /// <summary>None of the others.</summary>
    Unknown,

    /// <summary>Messages from an SQS event source: <c>Records</c>.</summary>
    Messages,

    /// <summary>A JSON record, or an array of records.</summary>
    Records,

    /// <summary>A push of any supported format in <c>body</c>, with its <c>contentType</c>.</summary>
    Envelope,

    /// <summary>A scheduled event of EventBridge.</summary>
    Schedule,
}
