using Microsoft.AspNetCore.Http.HttpResults;

namespace PushGateway.Api.Endpoints;

/// <summary><c>/-/quit</c>, which is refused in Pushgateway's words: whoever runs the process ends it.</summary>
internal static class LifecycleEndpoints
{
    private const string Path = "/-/quit";

    public static IEndpointRouteBuilder MapLifecycleEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Path, [HttpMethods.Put, HttpMethods.Post], Refuse).ExcludeFromDescription();
        routes.MapGet(Path, RefuseGet).ExcludeFromDescription();
        return routes;
    }

    private static ContentHttpResult Refuse() =>
        TypedResults.Text("Lifecycle API is not enabled.", statusCode: StatusCodes.Status403Forbidden);

    private static ContentHttpResult RefuseGet() =>
        TypedResults.Text("Only POST or PUT requests allowed.", statusCode: StatusCodes.Status405MethodNotAllowed);
}
