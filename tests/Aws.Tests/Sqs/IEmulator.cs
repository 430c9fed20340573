using PushGateway.Testing;

namespace PushGateway.Aws.Tests.Sqs;

public interface IEmulator : IAsyncDisposable
{
    /// <summary>Whether it gives a message to two receivers at a time, and then refuses the second one's deletion.</summary>
    bool HandsOutTwice { get; }

    Task<SqsEndpoint> StartAsync();
}
