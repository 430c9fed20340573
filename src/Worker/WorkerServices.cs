using PushGateway.Aws;
using PushGateway.Aws.DynamoDb;
using PushGateway.Aws.Lambda;
using PushGateway.Aws.Sqs;
using PushGateway.Configuration;
using PushGateway.Delivery;
using PushGateway.Groups;
using PushGateway.Hosting;

namespace PushGateway.Worker;

/// <summary>Registers the services of Worker.</summary>
internal static class WorkerServices
{
    /// <summary>Worker's service name in its telemetry.</summary>
    public const string ServiceName = "pushgateway-worker";

    /// <summary>The export of Worker's telemetry.</summary>
    public static OtlpExport OtlpExport { get; } = new(ServiceName);

    /// <summary>Reads the settings and registers everything.</summary>
    /// <exception cref="SettingsException">A setting cannot be used.</exception>
    public static HostApplicationBuilder AddWorker(this HostApplicationBuilder builder)
    {
        var settings = new SettingsReader(name => builder.Configuration[name]);
        var maxSampleAge = MetricSinkFactory.ReadMaxSampleAge(settings);
        var options = WorkerOptions.Read(settings);
        options = options with { Limits = options.Limits.For(maxSampleAge) };
        var sink = MetricSinkFactory.Create(settings, maxSampleAge, TimeProvider.System);
        if (sink is null && settings.Errors.Count == 0)
        {
            settings.Refuse("Nowhere to deliver to: set PROMETHEUS_REMOTE_WRITE_URL or OTEL_EXPORTER_OTLP_ENDPOINT.");
        }

        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(services => new SqsPushQueue(
            options.Queue, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<DeliveryObserver>()));
        if (options.Groups is { } groups)
        {
            builder.Services.AddSingleton(services => new DynamoGroupStore(
                groups, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<DynamoGroupStore>>()));
            builder.Services.AddSingleton<IGroupStore>(services => services.GetRequiredService<DynamoGroupStore>());
            builder.Services.AddSingleton(services => services.GetRequiredService<DynamoGroupStore>().Board);
            builder.Services.AddSingleton<IExpiryDelivery, DirectExpiry>();
            builder.Services.AddSingleton<ExpirySweep>();
        }

        builder.Services.AddDelivery(sink, options.Limits, options.Delivery);
        if (LambdaHost.TryAdd(builder, settings))
        {
            builder.Services.AddScheduledSweep(options);
        }
        else
        {
            builder.Services.AddPolling(options);
            OtlpExport.AddTo(builder);
        }

        settings.ThrowIfInvalid();
        builder.AddDefaults();
        return builder;
    }

    private static void AddPolling(this IServiceCollection services, WorkerOptions options)
    {
        services.AddHostedService<PollingService>();
        if (options.Groups is not null)
        {
            services.AddHostedService<SweepService>();
        }
    }

    // Between invocations the sandbox is frozen, so nothing expires by itself. A scheduled event runs the sweep.
    private static void AddScheduledSweep(this IServiceCollection services, WorkerOptions options)
    {
        if (options.Groups is not null)
        {
            services.AddSingleton<ScheduledTask>(provider => cancellationToken =>
                provider.GetRequiredService<ExpirySweep>().SweepAsync(cancellationToken).AsTask());
        }
    }
}
