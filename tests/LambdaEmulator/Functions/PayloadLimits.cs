namespace PushGateway.LambdaEmulator;

/// <summary>
/// What a synchronous invocation may carry, in bytes of JSON: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html.
/// </summary>
public static class PayloadLimits
{
    /// <summary>The event.</summary>
    public const int Request = 6 * 1024 * 1024;

    /// <summary>The answer. Lambda's own messages give this number.</summary>
    public const int Response = Request + 100;
}
