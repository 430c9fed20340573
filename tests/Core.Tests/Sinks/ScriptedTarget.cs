using System.Net;

namespace PushGateway.Core.Tests.Sinks;

/// <summary>The network's far side: answers as it is told and keeps what it was sent.</summary>
internal sealed class ScriptedTarget(Func<int, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
{
    public ScriptedTarget(HttpStatusCode status, byte[] body, string? retryAfter = null)
        : this((_, _) => Task.FromResult(Answer(status, body, retryAfter)))
    {
    }

    public List<ScriptedRequest> Requests { get; } = [];

    public static HttpResponseMessage Answer(HttpStatusCode status, byte[] body, string? retryAfter = null)
    {
        var response = new HttpResponseMessage(status) { Content = new ByteArrayContent(body) };
        if (retryAfter is not null)
        {
            response.Headers.Add("Retry-After", retryAfter);
        }

        return response;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        int count;
        lock (Requests)
        {
            Requests.Add(new(request.Method, request.RequestUri, request.Headers, request.Content.Headers, body));
            count = Requests.Count;
        }

        return await answer(count, cancellationToken);
    }
}
