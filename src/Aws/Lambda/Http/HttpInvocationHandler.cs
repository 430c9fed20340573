using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using PushGateway.Buffers;

namespace PushGateway.Aws.Lambda.Http;

/// <summary>Runs HTTP events through the ASP.NET Core pipeline, in the same order of steps as Kestrel.</summary>
internal sealed class HttpInvocationHandler<TContext>(IHttpApplication<TContext> application, ILogger logger) : IInvocationHandler
    where TContext : notnull
{
    /// <summary>Largest answer to a synchronous invocation: Lambda's quota, documented as 6 MB.</summary>
    public const int MaxResponseBytes = 6 * 1024 * 1024;

    public async ValueTask HandleAsync(Invocation invocation, PooledBuffer response, CancellationToken cancellationToken)
    {
        using var http = HttpEventReader.Read(invocation.Event.Span);
        using var answer = new BufferedResponse();
        try
        {
            var target = RequestTarget.Of(http);
            await ProcessAsync(new EventRequest(http, target, invocation.RequestId), answer, cancellationToken);
        }
        catch (BadHttpRequestException exception)
        {
            answer.Replace(exception.StatusCode, exception.Message + "\n");
        }

        var isHead = HttpMethods.IsHead(http.Method!);
        HttpResponseWriter.Write(answer, http.ResponseForm, isHead, response);
        if (response.Written.Length > MaxResponseBytes)
        {
            answer.Replace(StatusCodes.Status413PayloadTooLarge, $"The response is larger than the {MaxResponseBytes} bytes that Lambda takes.\n");
            response.Reset();
            HttpResponseWriter.Write(answer, http.ResponseForm, isHead, response);
        }
    }

    private async Task ProcessAsync(EventRequest request, BufferedResponse response, CancellationToken deadline)
    {
        using var lifetime = new RequestLifetime(deadline);
        var context = application.CreateContext(FeaturesOf(request, response, lifetime));
        Exception? failure = null;
        try
        {
            await application.ProcessRequestAsync(context);
            await response.StartAsync(CancellationToken.None);
        }
#pragma warning disable CA1031 // Whatever the application throws, the request has to be answered.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failure = exception;
        }

        if (failure is not null || (deadline.IsCancellationRequested && response.StatusCode == StatusCodes.Status499ClientClosedRequest))
        {
            Describe(failure, request, response, deadline);
        }

        await response.CompletedAsync(exception => logger.RequestThrew(request.TraceIdentifier, response.StatusCode, exception));
        application.DisposeContext(context, failure);
        if (lifetime.IsAborted)
        {
            throw new InvocationException(InvocationException.RequestAborted, "The request was aborted.", failure);
        }
    }

    // The client is still connected when the time is up, although the pipeline treats it as gone. So it is told to send again.
    private void Describe(Exception? failure, EventRequest request, BufferedResponse response, CancellationToken deadline)
    {
        if (failure is BadHttpRequestException bad)
        {
            response.Replace(bad.StatusCode, bad.Message + "\n");
        }
        else if (failure is null or OperationCanceledException && deadline.IsCancellationRequested)
        {
            response.Replace(StatusCodes.Status504GatewayTimeout, "The time for this request was up; send it again.\n");
        }
        else
        {
            response.Replace(StatusCodes.Status500InternalServerError, "");
            logger.RequestThrew(request.TraceIdentifier, response.StatusCode, failure!);
        }
    }

    private static FeatureCollection FeaturesOf(EventRequest request, BufferedResponse response, RequestLifetime lifetime)
    {
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(request);
        features.Set<IHttpRequestBodyDetectionFeature>(request);
        features.Set<IRequestBodyPipeFeature>(request);
        features.Set<IHttpRequestIdentifierFeature>(request);
        features.Set<IHttpConnectionFeature>(request);
        features.Set<IHttpMaxRequestBodySizeFeature>(request.BodyReader);
        features.Set<IHttpResponseFeature>(response);
        features.Set<IHttpResponseBodyFeature>(response);
        features.Set<IHttpRequestLifetimeFeature>(lifetime);
        return features;
    }
}
