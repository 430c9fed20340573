namespace PushGateway.EndToEnd.Tests;

/// <summary>
/// Servers that the tests of a class share. They start when the first test asks for them: what is missing on the machine
/// then skips tests, where a fixture that cannot be made would fail them.
/// </summary>
public abstract class SharedServers : IAsyncDisposable
{
    readonly Stack<IAsyncDisposable> _servers = new();
    readonly Lazy<Task> _started;

    protected SharedServers() => _started = new(StartServersAsync);

    /// <summary>Starts the servers, or waits until they have started.</summary>
    public Task StartAsync() => _started.Value;

    /// <summary>Ends the servers, the last started first.</summary>
    public async ValueTask DisposeAsync()
    {
        while (_servers.TryPop(out var server))
            await server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts each server and gives it to <see cref="Own"/>.</summary>
    protected abstract Task StartServersAsync();

    /// <summary>Takes a started server, to be ended with this.</summary>
    protected T Own<T>(T server)
        where T : IAsyncDisposable
    {
        _servers.Push(server);
        return server;
    }
}
