namespace PushGateway.Testing;

/// <summary>One moto server that the tests of a class share.</summary>
public sealed class MotoSecrets : IAsyncDisposable
{
    private readonly Lazy<Task<MotoServer>> _server = new(() => MotoServer.StartAsync());

    /// <summary>Starts the server, or skips the test.</summary>
    public async Task<SecretsEndpoint> StartAsync() => (await _server.Value).Secrets;

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated && _server.Value.IsCompletedSuccessfully)
        {
            await (await _server.Value).DisposeAsync();
        }
    }
}
