using Microsoft.AspNetCore.Http.HttpResults;
using PushGateway.Api.Push;
using PushGateway.Push;

namespace PushGateway.Api.Endpoints;

/// <summary><c>/api/v1/admin</c>, as in Pushgateway. Unless it is enabled, its paths do not exist.</summary>
internal static class AdminEndpoints
{
    public static IEndpointRouteBuilder MapAdminEndpoints(this IEndpointRouteBuilder routes)
    {
        if (!routes.ServiceProvider.GetRequiredService<GatewayOptions>().EnableAdminApi)
        {
            return routes;
        }

        routes.MapPut("/api/v1/admin/wipe", WipeAsync)
            .WithName("wipe")
            .WithTags("Groups")
            .WithSummary("Delete every group and every ungrouped series.")
            .WithDescription("Answers 404 unless `PUSHGATEWAY_ENABLE_ADMIN_API` is true. A credential that is pinned to labels may not use it.")
            .Produces(StatusCodes.Status202Accepted)
            .Produces<string>(StatusCodes.Status401Unauthorized, "text/plain")
            .Produces<string>(StatusCodes.Status403Forbidden, "text/plain")
            .Produces<string>(StatusCodes.Status503ServiceUnavailable, "text/plain");
        return routes;
    }

    private static async Task<Results<Accepted, PlainTextError>> WipeAsync(HttpContext http, PushAcceptor acceptor)
    {
        if (await acceptor.DeleteAsync([GroupSelector.All], http.RequestAborted) is not { } refusal)
        {
            return TypedResults.Accepted((string?)null);
        }

        http.AdviseRetry(refusal);
        return new PlainTextError(refusal.StatusCode, refusal.First.Detail);
    }
}
