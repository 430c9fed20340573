using Microsoft.Extensions.DependencyInjection;
using PushGateway.Queue;

namespace PushGateway.Api.Tests;

/// <summary>A gateway behind Kestrel whose queue only records.</summary>
internal sealed class RecordingGateway : KestrelGateway
{
    public RecordingGateway() => ReplaceServices = services => services.AddSingleton<IPushQueue>(Queue);

    public RecordingQueue Queue { get; } = new();
}
