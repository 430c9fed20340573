namespace PushGateway.Api.Endpoints;

/// <summary>An error as Pushgateway answers it: one line of plain text.</summary>
internal sealed class PlainTextError(int statusCode, string message) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = statusCode;
        httpContext.Response.ContentType = "text/plain; charset=utf-8";
        httpContext.Response.Headers.XContentTypeOptions = "nosniff";

        // expfmt's messages can quote a line feed as it is.
        return httpContext.Response.WriteAsync(message.ReplaceLineEndings(" ") + "\n", httpContext.RequestAborted);
    }
}
