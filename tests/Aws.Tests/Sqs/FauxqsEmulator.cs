using PushGateway.Testing;

namespace PushGateway.Aws.Tests.Sqs;

/// <summary>One fauxqs for the tests of a class, started by the first that needs it: a skip is a test's to make.</summary>
public sealed class FauxqsEmulator : IEmulator
{
    private readonly Lazy<Task<Fauxqs>> _server = new(() => Fauxqs.StartAsync());

    public bool HandsOutTwice => false;

    public async Task<SqsEndpoint> StartAsync() => (await _server.Value).Sqs;

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated && _server.Value.IsCompletedSuccessfully)
        {
            await (await _server.Value).DisposeAsync();
        }
    }
}
