using PushGateway.Api.Push;

namespace PushGateway.Api.Endpoints;

/// <summary>Sets <c>Retry-After</c> on a refusal that is only temporary.</summary>
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
