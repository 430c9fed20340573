using PushGateway.Testing;

namespace PushGateway.Aws.Tests.DynamoDb;

/// <summary>One dynalite for the tests of a class.</summary>
public sealed class DynaliteEmulator : IDynamoEmulator
{
    private readonly Lazy<Task<Dynalite>> _server = new(() => Dynalite.StartAsync());

    public async Task<Uri> StartAsync() => (await _server.Value).ServiceUrl;

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated && _server.Value.IsCompletedSuccessfully)
        {
            await (await _server.Value).DisposeAsync();
        }
    }
}
