using PushGateway.Buffers;

namespace PushGateway.Aws.Lambda;

/// <summary>Answers events, one at a time.</summary>
internal interface IInvocationHandler
{
    /// <summary>
    /// Writes the answer to <paramref name="response"/>, which is empty at first. Any exception becomes the invocation's error.
    /// </summary>
    /// <param name="invocation">The invocation.</param>
    /// <param name="response">The answer: one JSON value. An empty answer is an error, because Lambda would read it as null.</param>
    /// <param name="cancellationToken">Fires a margin of time before <see cref="Invocation.Deadline"/>.</param>
    /// <exception cref="InvocationException">The event cannot be answered. The message tells the sender why.</exception>
    ValueTask HandleAsync(Invocation invocation, PooledBuffer response, CancellationToken cancellationToken);
}
