namespace PushGateway.Api.Endpoints;

/// <summary>An error in Pushgateway's form: one line of plain text.</summary>
internal sealed class PlainTextError(int statusCode, string message) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = statusCode;
        httpContext.Response.ContentType = "text/plain; charset=utf-8";
        httpContext.Response.Headers.XContentTypeOptions = "nosniff";

        // expfmt's messages may quote a line feed unescaped.
        return httpContext.Response.WriteAsync(message.ReplaceLineEndings(" ") + "\n", httpContext.RequestAborted);
    }
}
