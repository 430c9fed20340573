using PushGateway.Testing;

namespace PushGateway.LambdaEmulator.Tests;

/// <summary>One SQS for the tests of a class, each of which has queues of its own; started by the first that needs it.</summary>
public sealed class SharedFauxqs : IAsyncDisposable
{
    readonly Lazy<Task<Fauxqs>> _server = new(() => Fauxqs.StartAsync());

    public async Task<SqsEndpoint> StartAsync() => (await _server.Value).Sqs;

    public async ValueTask DisposeAsync()
    {
        if (_server is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            await (await _server.Value).DisposeAsync();
    }
}
