namespace PushGateway.Api;

/// <summary>The log events of Api.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "{Messages} messages could not be delivered and stay on the queue: {Reason}")]
    public static partial void DeliveryFailed(this ILogger logger, int messages, string reason);

    [LoggerMessage(2, LogLevel.Warning, "Message {MessageId} moved to the dead-letter queue, {Code}: {Reason}")]
    public static partial void DeadLettered(this ILogger logger, string messageId, string code, string reason);

    [LoggerMessage(3, LogLevel.Error, "The queue failed")]
    public static partial void QueueFaulted(this ILogger logger, Exception exception);

    [LoggerMessage(4, LogLevel.Error, "Group state and completions could not be written; they are kept in memory and tried again")]
    public static partial void CheckpointFailed(this ILogger logger, Exception exception);

    [LoggerMessage(5, LogLevel.Warning, "A push could not be stored: {Reason}")]
    public static partial void QueueUnavailable(this ILogger logger, string reason);

    [LoggerMessage(6, LogLevel.Warning, "The credentials cannot be read, and requests that need one are refused: {Reason}")]
    public static partial void CredentialsUnavailable(this ILogger logger, string reason);

    [LoggerMessage(7, LogLevel.Warning, "The credentials cannot be read again, and stay as they were: {Reason}")]
    public static partial void CredentialsKept(this ILogger logger, string reason);

    [LoggerMessage(8, LogLevel.Information, "The credentials were read; there are {Credentials}")]
    public static partial void CredentialsRead(this ILogger logger, int credentials);
}
