using Microsoft.Extensions.DependencyInjection;
using PushGateway.Delivery;
using PushGateway.Groups;
using PushGateway.Push;
using PushGateway.Sinks;

namespace PushGateway.Hosting;

/// <summary>Registers what delivers messages.</summary>
public static class DeliveryServices
{
    /// <summary>
    /// Registers a <see cref="BatchHandler"/> and an observer that logs. A <see cref="TimeProvider"/> has to be registered, and an
    /// <see cref="IGroupStore"/> where there is one.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="sink">Where samples go; null: only the group store has them.</param>
    /// <param name="limits">Limits for what direct producers put into the queue.</param>
    /// <param name="options">Options.</param>
    public static IServiceCollection AddDelivery(this IServiceCollection services, IMetricSink? sink, PushLimits limits, DeliveryOptions options) => services
        .AddSingleton<DeliveryObserver, LoggingDeliveryObserver>()
        .AddSingleton(options)
        .AddSingleton(provider => new BatchHandler(
            sink,
            provider.GetService<IGroupStore>(),
            limits,
            provider.GetRequiredService<DeliveryOptions>(),
            provider.GetRequiredService<TimeProvider>()));
}
