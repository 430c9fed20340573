namespace PushGateway.Api;

/// <summary>The log events of Api.</summary>
internal static partial class Log
{
    [LoggerMessage(4, LogLevel.Error, "Group state and completions could not be written; they are kept in memory and tried again")]
    public static partial void CheckpointFailed(this ILogger logger, Exception exception);

    [LoggerMessage(5, LogLevel.Warning, "A push could not be stored: {Reason}")]
    public static partial void QueueUnavailable(this ILogger logger, string reason);

    [LoggerMessage(6, LogLevel.Warning, "The credentials cannot be read, and requests that need one are refused: {Reason}")]
    public static partial void CredentialsUnavailable(this ILogger logger, string reason);

    [LoggerMessage(7, LogLevel.Warning, "The credentials cannot be read again, and stay as they were: {Reason}")]
    public static partial void CredentialsKept(this ILogger logger, string reason);

    [LoggerMessage(9, LogLevel.Error, "The storage is damaged: {Damage}")]
    public static partial void StorageDamaged(this ILogger logger, string damage);

    [LoggerMessage(8, LogLevel.Information, "The credentials were read; there are {Credentials}")]
    public static partial void CredentialsRead(this ILogger logger, int credentials);
}
