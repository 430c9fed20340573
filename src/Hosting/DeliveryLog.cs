using Microsoft.Extensions.Logging;

namespace PushGateway.Hosting;

/// <summary>The log events of delivery. Ids 4 to 99 belong to Api and Worker, 100 to 199 to the Lambda host.</summary>
internal static partial class DeliveryLog
{
    [LoggerMessage(1, LogLevel.Warning, "{Messages} messages could not be delivered and stay on the queue: {Reason}")]
    public static partial void DeliveryFailed(this ILogger logger, int messages, string reason);

    [LoggerMessage(2, LogLevel.Warning, "Message {MessageId} moved to the dead-letter queue, {Code}: {Reason}")]
    public static partial void DeadLettered(this ILogger logger, string messageId, string code, string reason);

    [LoggerMessage(3, LogLevel.Error, "The queue failed")]
    public static partial void QueueFaulted(this ILogger logger, Exception exception);

    [LoggerMessage(200, LogLevel.Warning, "The target has taken nothing since {Since:u}: {Reason}")]
    public static partial void TargetDown(this ILogger logger, DateTimeOffset since, string reason);

    [LoggerMessage(201, LogLevel.Warning, "The target has taken nothing since {Since:u}: {Reason}. {Messages} messages wait, the oldest for {Age}")]
    public static partial void TargetDown(this ILogger logger, DateTimeOffset since, string reason, long messages, TimeSpan age);

    [LoggerMessage(202, LogLevel.Information, "The target takes requests again, after {Outage}")]
    public static partial void TargetUp(this ILogger logger, TimeSpan outage);

    [LoggerMessage(203, LogLevel.Warning, "Message {MessageId} was cut from {Bytes} to {Left} bytes, because the dead-letter queue does not take it as it is")]
    public static partial void LetterCut(this ILogger logger, string messageId, int bytes, int left);
}
