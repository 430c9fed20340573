namespace PushGateway.Aws.Secrets;

/// <summary>A secret or a parameter cannot be read now. The message is a sentence that says why. It never holds the secret text.</summary>
public sealed class SecretUnavailableException : Exception
{
    internal SecretUnavailableException(string message, bool mayPass, Exception? innerException = null)
        : base(message, innerException) => MayPass = mayPass;

    /// <summary>Whether the same call may succeed a moment later.</summary>
    internal bool MayPass { get; }
}
