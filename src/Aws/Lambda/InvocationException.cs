namespace PushGateway.Aws.Lambda;

/// <summary>Ends an invocation in an error that is not a bug. The message is a sentence for whoever invoked the function.</summary>
internal sealed class InvocationException(string errorType, string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>The event is not one that this function understands.</summary>
    public const string EventInvalid = "Function.EventInvalid";

    /// <summary>The deadline has passed.</summary>
    public const string DeadlineExceeded = "Function.DeadlineExceeded";

    /// <summary>Lambda refused the answer because it is too large.</summary>
    public const string ResponseTooLarge = "Function.ResponseSizeTooLarge";

    /// <summary>The handler wrote no answer, which is a bug.</summary>
    public const string ResponseMissing = "Function.ResponseMissing";

    /// <summary>The application has aborted the request.</summary>
    public const string RequestAborted = "Function.RequestAborted";

    /// <summary>The push was refused for good.</summary>
    public const string PushRefused = "Function.PushRefused";

    /// <summary>The push was not delivered and may be sent again.</summary>
    public const string PushNotDelivered = "Function.PushNotDelivered";

    /// <summary>The value of Lambda's error type header: category, a point, reason.</summary>
    public string ErrorType => errorType;

    /// <summary>The error of an event that is not understood.</summary>
    public static InvocationException Invalid(string message, Exception? innerException = null) => new(EventInvalid, message, innerException);
}
