using Microsoft.Extensions.Hosting;

namespace PushGateway.Aws.Lambda;

/// <summary>Runs the invocation loop in a host without a server.</summary>
internal sealed class LambdaService(InvocationLoop loop, IInvocationHandler handler) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => loop.RunAsync(handler, stoppingToken);
}
