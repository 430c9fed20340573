using PushGateway.Testing;

namespace PushGateway.Aws.Tests.DynamoDb;

/// <summary>One moto for the tests of a class; a second dynalite where the machine has no moto, which is optional everywhere.</summary>
public sealed class MotoEmulator : IDynamoEmulator
{
    private readonly DynaliteEmulator _instead = new();
    private readonly Lazy<Task<MotoServer>> _server = new(() => MotoServer.StartAsync());

    public async Task<Uri> StartAsync() => MotoServer.IsAvailable ? (await _server.Value).ServiceUrl : await _instead.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _instead.DisposeAsync();
        if (_server.IsValueCreated && _server.Value.IsCompletedSuccessfully)
        {
            await (await _server.Value).DisposeAsync();
        }
    }
}
