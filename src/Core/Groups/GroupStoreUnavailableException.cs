namespace PushGateway.Groups;

/// <summary>The group store cannot be read or written now: no network, throttled, no permission. What was asked for is to be tried again.</summary>
public sealed class GroupStoreUnavailableException : Exception
{
    /// <summary>Creates the exception.</summary>
    public GroupStoreUnavailableException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
