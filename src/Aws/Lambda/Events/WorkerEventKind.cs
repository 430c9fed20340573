namespace PushGateway.Aws.Lambda.Events;

/// <summary>What may be sent to the worker function.</summary>
internal enum WorkerEventKind
{
    /// <summary>None of the others.</summary>
    Unknown,

    /// <summary>Messages, from an SQS event source: <c>Records</c>.</summary>
    Messages,

    /// <summary>A JSON record, or an array of records.</summary>
    Records,

    /// <summary>Any supported format, in <c>body</c>, with its <c>contentType</c>.</summary>
    Envelope,

    /// <summary>A scheduled event of EventBridge.</summary>
    Schedule,
}
