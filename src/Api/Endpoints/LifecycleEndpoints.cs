using Microsoft.AspNetCore.Http.HttpResults;

namespace PushGateway.Api.Endpoints;

/// <summary>
/// <c>/-/quit</c>, with Pushgateway's answers. It is refused unless <see cref="GatewayOptions.EnableLifecycle"/> is set: by default only
/// whoever runs the process may end it.
/// </summary>
internal static class LifecycleEndpoints
{
    private const string Path = "/-/quit";

    public static IEndpointRouteBuilder MapLifecycleEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Path, [HttpMethods.Put, HttpMethods.Post], Quit).ExcludeFromDescription();
        routes.MapGet(Path, RefuseGet).ExcludeFromDescription();
        return routes;
    }

    private static ContentHttpResult Quit(HttpContext http, GatewayOptions options, IHostApplicationLifetime lifetime)
    {
        if (!options.EnableLifecycle)
        {
            return TypedResults.Text("Lifecycle API is not enabled.", statusCode: StatusCodes.Status403Forbidden);
        }

        http.Response.OnCompleted(() =>
        {
            lifetime.StopApplication();
            return Task.CompletedTask;
        });
        return TypedResults.Text("Requesting termination... Goodbye!");
    }

    private static ContentHttpResult RefuseGet() =>
        TypedResults.Text("Only POST or PUT requests allowed.", statusCode: StatusCodes.Status405MethodNotAllowed);
}
