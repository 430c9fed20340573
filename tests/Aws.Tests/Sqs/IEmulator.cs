using PushGateway.Testing;

namespace PushGateway.Aws.Tests.Sqs;

public interface IEmulator : IAsyncDisposable
{
    Task<SqsEndpoint> StartAsync();
}
