namespace PushGateway.LambdaEmulator;

/// <summary>
/// Size limits of a synchronous invocation, in bytes of JSON: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html.
/// </summary>
public static class PayloadLimits
{
    /// <summary>The largest event.</summary>
    public const int Request = 6 * 1024 * 1024;

    /// <summary>The largest answer. Lambda's own error messages give this number.</summary>
    public const int Response = Request + 100;
}
