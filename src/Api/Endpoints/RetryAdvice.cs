using PushGateway.Api.Push;

namespace PushGateway.Api.Endpoints;

/// <summary>Says when to send again what is refused only for now.</summary>
internal static class RetryAdvice
{
    private const string RetryAfterSeconds = "1";

    public static void AdviseRetry(this HttpContext http, PushRefusal refusal)
    {
        if (refusal.StatusCode == StatusCodes.Status503ServiceUnavailable)
        {
            http.Response.Headers.RetryAfter = RetryAfterSeconds;
        }
    }
}
