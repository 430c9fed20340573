namespace PushGateway.Queue;

/// <summary>
/// The queue cannot take messages now: disk full, no network, throttled, no permission. Nothing was promised to the sender.
/// </summary>
public sealed class QueueUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);
