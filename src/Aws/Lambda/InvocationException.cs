namespace PushGateway.Aws.Lambda;

/// <summary>An invocation ends in an error that is no bug: its message is a sentence for whoever invoked the function.</summary>
internal sealed class InvocationException(string errorType, string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>The event is not one that this function understands.</summary>
    public const string EventInvalid = "Function.EventInvalid";

    /// <summary>The invocation's time was up.</summary>
    public const string DeadlineExceeded = "Function.DeadlineExceeded";

    /// <summary>Lambda would not take the answer for its size.</summary>
    public const string ResponseTooLarge = "Function.ResponseSizeTooLarge";

    /// <summary>The answer is missing: a bug.</summary>
    public const string ResponseMissing = "Function.ResponseMissing";

    /// <summary>The application has aborted the request.</summary>
    public const string RequestAborted = "Function.RequestAborted";

    /// <summary>What was to be delivered was refused for good.</summary>
    public const string PushRefused = "Function.PushRefused";

    /// <summary>What was to be delivered was not, and may be sent again.</summary>
    public const string PushNotDelivered = "Function.PushNotDelivered";

    /// <summary>As in Lambda's error type header: category, point, reason.</summary>
    public string ErrorType => errorType;

    /// <summary>The error of an event that is not understood.</summary>
    public static InvocationException Invalid(string message, Exception? innerException = null) => new(EventInvalid, message, innerException);
}
