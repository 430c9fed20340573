using Microsoft.Extensions.DependencyInjection;
using PushGateway.Queue;

namespace PushGateway.Api.Tests;

/// <summary>A gateway behind Kestrel whose queue only records.</summary>
internal sealed class RecordingGateway : GatewayFactory
{
    public RecordingGateway()
    {
        ReplaceServices = services => services.AddSingleton<IPushQueue>(Queue);
        UseKestrel(0);
    }

    public RecordingQueue Queue { get; } = new();
}
