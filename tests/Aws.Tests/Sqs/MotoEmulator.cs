using PushGateway.Testing;

namespace PushGateway.Aws.Tests.Sqs;

/// <summary>One moto for the tests of a class; a second fauxqs where the machine has no moto, which is optional everywhere.</summary>
public sealed class MotoEmulator : IEmulator
{
    private readonly FauxqsEmulator _instead = new();
    private readonly Lazy<Task<MotoServer>> _server = new(() => MotoServer.StartAsync());

    public bool HandsOutTwice => MotoServer.IsAvailable;

    public async Task<SqsEndpoint> StartAsync() => MotoServer.IsAvailable ? (await _server.Value).Sqs : await _instead.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _instead.DisposeAsync();
        if (_server.IsValueCreated && _server.Value.IsCompletedSuccessfully)
        {
            await (await _server.Value).DisposeAsync();
        }
    }
}
