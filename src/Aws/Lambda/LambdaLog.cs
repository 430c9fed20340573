using Microsoft.Extensions.Logging;

namespace PushGateway.Aws.Lambda;

/// <summary>The log events of the Lambda host. The ids below 100 belong to the executables.</summary>
internal static partial class LambdaLog
{
    [LoggerMessage(101, LogLevel.Critical, "The process ends, for no more events can be had")]
    public static partial void LoopEnded(this ILogger logger, Exception exception);

    [LoggerMessage(102, LogLevel.Warning, "Invocation {RequestId} ended in {ErrorType}: {Reason}")]
    public static partial void InvocationFailed(this ILogger logger, string requestId, string errorType, string reason);

    [LoggerMessage(103, LogLevel.Error, "Invocation {RequestId} threw")]
    public static partial void InvocationThrew(this ILogger logger, string requestId, Exception exception);

    [LoggerMessage(104, LogLevel.Warning, "The answer to invocation {RequestId} was not taken: HTTP status {Status}")]
    public static partial void AnswerNotTaken(this ILogger logger, string requestId, int status);

    [LoggerMessage(105, LogLevel.Warning, "Telemetry could not be sent")]
    public static partial void TelemetryFailed(this ILogger logger, Exception exception);

    [LoggerMessage(106, LogLevel.Error, "The application threw; request {RequestId} is answered with {Status}")]
    public static partial void RequestThrew(this ILogger logger, string requestId, int status, Exception exception);
}
