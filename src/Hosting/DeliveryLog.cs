using Microsoft.Extensions.Logging;

namespace PushGateway.Hosting;

/// <summary>The log events of delivery, with the ids 1 to 3. The executables' own follow, the Lambda host's are above 100.</summary>
internal static partial class DeliveryLog
{
    [LoggerMessage(1, LogLevel.Warning, "{Messages} messages could not be delivered and stay on the queue: {Reason}")]
    public static partial void DeliveryFailed(this ILogger logger, int messages, string reason);

    [LoggerMessage(2, LogLevel.Warning, "Message {MessageId} moved to the dead-letter queue, {Code}: {Reason}")]
    public static partial void DeadLettered(this ILogger logger, string messageId, string code, string reason);

    [LoggerMessage(3, LogLevel.Error, "The queue failed")]
    public static partial void QueueFaulted(this ILogger logger, Exception exception);
}
