using OpenTelemetry.Metrics;
using PushGateway.Api.Auth;
using PushGateway.Api.Push;
using PushGateway.Api.Telemetry;
using PushGateway.Aws;
using PushGateway.Aws.DynamoDb;
using PushGateway.Aws.Secrets;
using PushGateway.Aws.Sqs;
using PushGateway.Configuration;
using PushGateway.Delivery;
using PushGateway.Embedded;
using PushGateway.Groups;
using PushGateway.Hosting;
using PushGateway.Push;
using PushGateway.Queue;
using PushGateway.Sinks;
using PushGateway.Telemetry;

namespace PushGateway.Api.Hosting;

/// <summary>Registers the services of Api.</summary>
internal static class GatewayServices
{
    /// <summary>Api's service name in its telemetry.</summary>
    public const string ServiceName = "pushgateway";

    private const string DefaultUrl = "http://127.0.0.1:9091";

    // Too short a delay for anybody to notice. Under load, a batch then holds more than a few pushes.
    private static readonly TimeSpan GatherTime = TimeSpan.FromMilliseconds(5);

    /// <summary>The export of Api's telemetry, with the traces of ASP.NET Core.</summary>
    public static OtlpExport OtlpExport { get; } = new(ServiceName, "Microsoft.AspNetCore");

    /// <summary>Reads the settings and registers everything.</summary>
    /// <exception cref="SettingsException">A setting cannot be used.</exception>
    public static WebApplicationBuilder AddGateway(this WebApplicationBuilder builder)
    {
        var settings = new SettingsReader(name => builder.Configuration[name]);
        var maxSampleAge = MetricSinkFactory.ReadMaxSampleAge(settings);
        var options = GatewayOptions.Read(settings);
        options = options with { Limits = options.Limits.For(maxSampleAge) };
        var sink = options.QueueUrl is null ? MetricSinkFactory.Create(settings, maxSampleAge, TimeProvider.System) : null;
        if (!LambdaHost.TryAdd(builder, settings))
        {
            builder.AddServer(settings);
            builder.AddTelemetry();
        }

        settings.ThrowIfInvalid();

        builder.AddDefaults();
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(new GatewayStatus(TimeProvider.System.GetUtcNow(), settings.Shown));
        builder.Services.AddSingleton(options.Limits);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<PushClock>();
        builder.Services.AddSingleton<PushOutbox>();
        builder.Services.AddSingleton<BatchPool>();
        builder.Services.AddSingleton<PushAcceptor>();
        builder.Services.AddSingleton<GroupsAcceptor>();
        builder.Services.AddSingleton(services => new GroupQuota(options.Embedded.Groups, services.GetService<EmbeddedStore>()?.Groups));
        builder.Services.AddSingleton(_ => new Authenticator(options.Credentials));
        if (options.CredentialsSecret is { } secret)
        {
            builder.Services.AddSingleton(services => new SecretReader(secret, services.GetRequiredService<TimeProvider>()));
            builder.Services.AddSingleton<SecretCredentials>();
        }

        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJsonContext.Default));
        builder.Services.AddProblemDetails();
        builder.Services.AddExceptionHandler(DescribeExceptions);
        if (options.QueueUrl is { } queueUrl)
        {
            builder.Services.AddSingleton<IPushQueue>(services => new SqsPushQueue(
                new SqsQueueOptions { QueueUrl = queueUrl.OriginalString, MaxMessageBytes = options.MaxMessageBytes },
                services.GetRequiredService<TimeProvider>()));
            if (options.Groups is { } groups)
            {
                builder.Services.AddSingleton<IGroupStore>(services => new DynamoGroupStore(
                    groups, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<DynamoGroupStore>>()));
            }
        }
        else
        {
            builder.Services.AddOneMachineDelivery(options, sink);
        }

        return builder;
    }

    private static void AddServer(this WebApplicationBuilder builder, SettingsReader settings)
    {
        CheckUrls(builder.Configuration[WebHostDefaults.ServerUrlsKey], settings);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // RequestBody enforces the limit itself, so that the answer gives a reason.
            kestrel.Limits.MaxRequestBodySize = null;
        });

        // Reads certificates from the Kestrel section of the configuration. The slim builder leaves that out.
        builder.WebHost.UseKestrelHttpsConfiguration();
        if (builder.Configuration[WebHostDefaults.ServerUrlsKey] is null && builder.Configuration["HTTP_PORTS"] is null
            && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            builder.WebHost.UseUrls(DefaultUrl);
        }
    }

    // Kestrel accepts wrong URLs. When the port is not a number, it becomes a part of the host. When the host is not an address, Kestrel listens
    // on every interface.
    private static void CheckUrls(string? urls, SettingsReader settings)
    {
        foreach (var url in (urls ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var host = url[(url.IndexOf("://", StringComparison.Ordinal) + 1)..].TrimStart('/');
            if (!url.Contains("://", StringComparison.Ordinal) || !Uri.TryCreate($"http://{host.Replace('*', 'x').Replace('+', 'x')}", UriKind.Absolute, out _))
            {
                settings.Refuse($"{WebHostDefaults.ServerUrlsKey}: \"{url}\" is not a URL such as {DefaultUrl}.");
            }
        }
    }

    // Kestrel finds a malformed or slow body only while an endpoint reads it. That is the sender's fault, so no error is logged.
    private static void DescribeExceptions(ExceptionHandlerOptions options)
    {
        options.StatusCodeSelector = static exception => exception switch
        {
            BadHttpRequestException bad => bad.StatusCode,
            GroupStoreUnavailableException => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status500InternalServerError,
        };
        options.SuppressDiagnosticsCallback = static context => context.Exception is BadHttpRequestException;
    }

    private static void AddOneMachineDelivery(this IServiceCollection services, GatewayOptions options, IMetricSink? sink)
    {
        services.AddSingleton(provider => EmbeddedStore.Open(
            options.Embedded,
            provider.GetRequiredService<TimeProvider>(),
            exception => provider.GetRequiredService<ILogger<EmbeddedStore>>().CheckpointFailed(exception),
            damage => provider.GetRequiredService<ILogger<EmbeddedStore>>().StorageDamaged(damage)));
        services.AddSingleton<IPushQueue>(provider => provider.GetRequiredService<EmbeddedStore>().Queue);
        services.AddSingleton<IGroupStore>(provider => provider.GetRequiredService<EmbeddedStore>().Groups);
        services.AddDelivery(sink, options.Limits, new DeliveryOptions { GatherTime = GatherTime });
        services.AddSingleton<IOrderedPushQueue>(provider => provider.GetRequiredService<EmbeddedStore>().Queue);
        services.AddSingleton<OrderedDelivery>();
        services.AddSingleton(provider => new DeliveryMonitor(
            () => provider.GetRequiredService<OrderedDelivery>().State,
            provider.GetRequiredService<DeliveryObserver>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IExpiryDelivery, QueuedExpiry>();
        services.AddSingleton<ExpirySweep>();
        services.AddHostedService<DeliveryService>();
    }

    private static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var selfMetrics = new SelfMetrics();
        builder.Services.AddSingleton(_ => selfMetrics);
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter(PushTelemetry.Name).AddReader(selfMetrics.Reader));
        OtlpExport.AddTo(builder);
    }
}
