using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using PushGateway.Api.Auth;
using PushGateway.Embedded;
using PushGateway.Queue;

namespace PushGateway.Api.Endpoints;

/// <summary>Health checks at Prometheus' paths.</summary>
internal static class HealthEndpoints
{
    public static IEndpointRouteBuilder MapHealthEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/-/healthy", static () => TypedResults.Text("OK"))
            .AllowAnonymous()
            .WithName("healthy")
            .WithTags("Health")
            .WithSummary("The process is alive.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain");
        routes.MapGet("/-/ready", ReadyAsync)
            .AllowAnonymous()
            .WithName("ready")
            .WithTags("Health")
            .WithSummary("Pushes can be stored, what was stored can be read, and the credentials are known.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain")
            .Produces<string>(StatusCodes.Status503ServiceUnavailable, "text/plain");
        return routes;
    }

    private static async Task<Results<ContentHttpResult, PlainTextError>> ReadyAsync(
        IPushQueue queue, [FromServices] SecretCredentials? secret, HttpContext http, ILogger<IPushQueue> logger)
    {
        if (secret is not null && !await secret.EnsureAsync(http.RequestAborted))
        {
            return new PlainTextError(StatusCodes.Status503ServiceUnavailable, "the credentials cannot be read now");
        }

        try
        {
            await queue.CheckAsync(http.RequestAborted);
            return TypedResults.Text("OK");
        }
        catch (QueueUnavailableException exception)
        {
            logger.QueueUnavailable(exception.Message);

            // Anybody may ask. What AWS says may name accounts and roles.
            var reason = queue is EmbeddedPushQueue ? exception.Message : "pushes cannot be stored now";
            return new PlainTextError(StatusCodes.Status503ServiceUnavailable, reason);
        }
    }
}
