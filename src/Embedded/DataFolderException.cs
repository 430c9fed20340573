namespace PushGateway.Embedded;

/// <summary>The data folder cannot be used. The message is a sentence for the person who starts the gateway.</summary>
public sealed class DataFolderException : Exception
{
    /// <summary>Creates the exception.</summary>
    public DataFolderException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
