using Microsoft.AspNetCore.Http.Features;

namespace PushGateway.Aws.Lambda.Http;

/// <summary>The lifetime of a request. It ends at the invocation's deadline, or when the application aborts the request.</summary>
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
