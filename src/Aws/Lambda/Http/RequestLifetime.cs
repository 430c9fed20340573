using Microsoft.AspNetCore.Http.Features;

namespace PushGateway.Aws.Lambda.Http;

/// <summary>The life of a request: ends with the time of its invocation, or when the application aborts it.</summary>
internal sealed class RequestLifetime : IHttpRequestLifetimeFeature, IDisposable
{
    private readonly CancellationTokenSource _aborted;

    public RequestLifetime(CancellationToken deadline)
    {
        _aborted = CancellationTokenSource.CreateLinkedTokenSource(deadline);
        RequestAborted = _aborted.Token;
    }

    /// <summary>Whether the application aborted it.</summary>
    public bool IsAborted { get; private set; }

    public CancellationToken RequestAborted { get; set; }

    public void Abort()
    {
        IsAborted = true;
        _aborted.Cancel();
    }

    public void Dispose() => _aborted.Dispose();
}
