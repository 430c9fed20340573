namespace PushGateway.Aws.Tests.DynamoDb;

public interface IDynamoEmulator : IAsyncDisposable
{
    /// <summary>The address of the emulator, started when the first test asks for it: a skip is a test's to make.</summary>
    Task<Uri> StartAsync();
}
