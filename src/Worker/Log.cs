namespace PushGateway.Worker;

/// <summary>The log events of Worker.</summary>
internal static partial class Log
{
    [LoggerMessage(4, LogLevel.Information, "Polling {QueueUrl} with {Receivers} receivers")]
    public static partial void Polling(this ILogger logger, string queueUrl, int receivers);
}
