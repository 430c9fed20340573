using Microsoft.AspNetCore.Http;

namespace PushGateway.LambdaEmulator;

/// <summary>
/// A front between HTTP clients and a function. Clients use HTTP/1.1 on 127.0.0.1. The function gets the event that AWS would make, as if
/// the client had used HTTPS. Well-known header names have their usual case, which matters in a format that keeps the case.
/// </summary>
public sealed class HttpFront : IAsyncDisposable
{
    // Headers that concern only one connection, or that the front sets itself.
    static readonly HashSet<string> NotPassedOn = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Content-Length", "Keep-Alive", "Trailer", "Transfer-Encoding", "Upgrade",
    };

    readonly LambdaFunction _function;
    readonly IFrontFormat _format;
    LoopbackServer _server = null!;

    HttpFront(LambdaFunction function, IFrontFormat format)
    {
        _function = function;
        _format = format;
    }

    /// <summary>The front's root, with a slash at the end.</summary>
    public Uri Address => _server.Address;

    /// <summary>A function URL that anyone may call: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html.</summary>
    public static Task<HttpFront> StartFunctionUrlAsync(LambdaFunction function) =>
        StartAsync(function, new FunctionUrlFormat());

    /// <summary>
    /// An HTTP API with one route, <c>$default</c>, and payload format 2.0:
    /// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html.
    /// </summary>
    /// <param name="function">The integration.</param>
    /// <param name="stage">The first segment of every path, unless it is <c>$default</c>.</param>
    public static Task<HttpFront> StartHttpApiAsync(LambdaFunction function, string stage = HttpApiFormat.DefaultStage) =>
        StartAsync(function, new HttpApiFormat(stage));

    /// <summary>
    /// A REST API with the resources <c>/</c> and <c>/{proxy+}</c> and Lambda proxy integration:
    /// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html.
    /// </summary>
    /// <param name="function">The integration.</param>
    /// <param name="stage">The first segment of every path.</param>
    /// <param name="binaryMediaTypes">
    /// Types whose bodies are base64 in the event. A base64 response is decoded when the client's first accepted type is one of them.
    /// </param>
    public static Task<HttpFront> StartRestApiAsync(LambdaFunction function, string stage, params IReadOnlyList<string> binaryMediaTypes) =>
        StartAsync(function, new RestApiFormat(stage, binaryMediaTypes));

    /// <summary>Stops the front and cuts every connection. The function keeps running.</summary>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    static async Task<HttpFront> StartAsync(LambdaFunction function, IFrontFormat format)
    {
        var front = new HttpFront(function, format);
        front._server = await LoopbackServer.StartAsync(front.HandleAsync);
        return front;
    }

    async Task HandleAsync(HttpContext context)
    {
        var response = await RequestBody.ReadAsync(context.Request, _format.MaxRequestBytes) is { } body
            ? await RespondAsync(new FrontRequest(context, body))
            : _format.Fail(FrontFailure.RequestTooLarge);
        await WriteAsync(context, response);
    }

    async Task<FrontResponse> RespondAsync(FrontRequest request)
    {
        if (_format.Refuse(request) is { } refusal)
            return refusal;
        InvocationResult result;
        try
        {
            result = await _function.InvokeAsync(_format.CreateEvent(request), request.Trace).WaitAsync(_format.Timeout);
        }
        catch (TimeoutException)
        {
            return _format.Fail(FrontFailure.TimedOut);
        }

        return result.Outcome switch
        {
            InvocationOutcome.Succeeded => _format.ReadResponse(request, result.Payload) ?? _format.Fail(FrontFailure.FunctionError),
            InvocationOutcome.Throttled => _format.Fail(FrontFailure.Throttled),
            InvocationOutcome.RequestTooLarge => _format.Fail(FrontFailure.RequestTooLarge),
            _ => _format.Fail(FrontFailure.FunctionError),
        };
    }

    static async Task WriteAsync(HttpContext context, FrontResponse response)
    {
        context.Response.StatusCode = response.Status;
        foreach (var (name, value) in response.Headers.Where(header => !NotPassedOn.Contains(header.Name)))
            context.Response.Headers.Append(name, value);

        // RFC 9110: these statuses have no body, whatever the function says.
        if (response.Status is StatusCodes.Status204NoContent or StatusCodes.Status304NotModified)
            return;
        context.Response.ContentLength = response.Body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.Body.WriteAsync(response.Body, context.RequestAborted);
    }
}
