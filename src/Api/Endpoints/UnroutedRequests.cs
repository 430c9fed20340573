namespace PushGateway.Api.Endpoints;

/// <summary>
/// Answers requests that no endpoint takes, in Pushgateway's words. It never redirects, because clients lose their data on a redirect.
/// </summary>
internal static class UnroutedRequests
{
    public static WebApplication UseUnroutedRequests(this WebApplication app)
    {
        app.UseStatusCodePages(static context => DescribeAsync(context.HttpContext));
        return app;
    }

    private static Task DescribeAsync(HttpContext http)
    {
        switch (http.Response.StatusCode)
        {
            case StatusCodes.Status404NotFound:
                return new PlainTextError(StatusCodes.Status404NotFound, "404 page not found").ExecuteAsync(http);
            case StatusCodes.Status405MethodNotAllowed:
                http.Response.Headers.Allow = WithOptions(http.Response.Headers.Allow.ToString());
                if (HttpMethods.IsOptions(http.Request.Method))
                {
                    http.Response.StatusCode = StatusCodes.Status200OK;
                    return Task.CompletedTask;
                }

                return new PlainTextError(StatusCodes.Status405MethodNotAllowed, "Method Not Allowed").ExecuteAsync(http);
            default:
                return Task.CompletedTask;
        }
    }

    private static string WithOptions(string allow) => string.Join(
        ", ", allow.Split(',', StringSplitOptions.TrimEntries).Append(HttpMethods.Options).Distinct().Order(StringComparer.Ordinal));
}
