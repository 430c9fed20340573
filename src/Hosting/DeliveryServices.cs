using Microsoft.Extensions.DependencyInjection;
using PushGateway.Delivery;
using PushGateway.Groups;
using PushGateway.Push;
using PushGateway.Queue;
using PushGateway.Sinks;

namespace PushGateway.Hosting;

/// <summary>Registers the delivery of messages to the sink.</summary>
public static class DeliveryServices
{
    /// <summary>
    /// Registers a <see cref="BatchHandler"/>, and an observer that logs. A <see cref="TimeProvider"/> has to be registered. The handler uses
    /// the <see cref="IGroupStore"/>, the <see cref="IOrderedPushQueue"/> and the <see cref="IBacklogBoard"/>, if they are registered.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="sink">The sink. Null: samples go to the group store only.</param>
    /// <param name="limits">The limits for messages that direct producers put into the queue.</param>
    /// <param name="options">The options of delivery.</param>
    public static IServiceCollection AddDelivery(this IServiceCollection services, IMetricSink? sink, PushLimits limits, DeliveryOptions options) => services
        .AddSingleton<DeliveryObserver, LoggingDeliveryObserver>()
        .AddSingleton(options)
        .AddSingleton(provider => new BatchHandler(
            sink,
            provider.GetService<IGroupStore>(),
            limits,
            provider.GetRequiredService<DeliveryOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<IOrderedPushQueue>(),
            provider.GetService<IBacklogBoard>()));
}
