using PushGateway.Aws.Lambda;
using PushGateway.Buffers;

namespace PushGateway.Aws.Tests.Lambda;

/// <summary>Answers as a test says.</summary>
internal sealed class ScriptedHandler(Func<Invocation, PooledBuffer, CancellationToken, ValueTask> handle) : IInvocationHandler
{
    public ValueTask HandleAsync(Invocation invocation, PooledBuffer response, CancellationToken cancellationToken) =>
        handle(invocation, response, cancellationToken);
}
