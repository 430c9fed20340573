namespace PushGateway.Aws.Lambda;

/// <summary>The Runtime API cannot be used any more. Lambda expects the process to exit promptly.</summary>
internal sealed class RuntimeApiException(string message, Exception? innerException = null) : Exception(message, innerException);
