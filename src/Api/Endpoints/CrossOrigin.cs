namespace PushGateway.Api.Endpoints;

/// <summary>Lets scripts of any site read <c>/api/v1</c>, with the same headers as Pushgateway (<c>api/v1/api.go</c>).</summary>
internal static class CrossOrigin
{
    private const string Prefix = "/api/v1";

    /// <summary>
    /// Answers <c>OPTIONS</c> for every path below <c>/api/v1</c>. It must run before authentication: a browser asks without credentials
    /// whether it may send them.
    /// </summary>
    public static WebApplication UseCrossOriginPreflight(this WebApplication app)
    {
        app.Use(static next => http =>
        {
            if (!HttpMethods.IsOptions(http.Request.Method) || !http.Request.Path.StartsWithSegments(Prefix, StringComparison.Ordinal))
            {
                return next(http);
            }

            Allow(http.Response);
            return Task.CompletedTask;
        });
        return app;
    }

    /// <summary>Sets the headers on an answer.</summary>
    public static void Allow(HttpResponse response)
    {
        response.Headers.AccessControlAllowHeaders = "Accept, Authorization, Content-Type, Origin";
        response.Headers.AccessControlAllowMethods = "GET, POST, DELETE, OPTIONS";
        response.Headers.AccessControlAllowOrigin = "*";
        response.Headers.AccessControlExposeHeaders = "Date";
        response.Headers.CacheControl = "no-cache, no-store, must-revalidate";
    }
}
