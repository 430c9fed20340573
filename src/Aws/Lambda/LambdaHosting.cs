using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using PushGateway.Aws.Lambda.Events;
using PushGateway.Aws.Lambda.Http;
using PushGateway.Aws.Lambda.Metrics;
using PushGateway.Configuration;
using PushGateway.Telemetry;

namespace PushGateway.Aws.Lambda;

/// <summary>Runs a host as a Lambda function on the custom runtime <c>provided.al2023</c>, where the program is the <c>bootstrap</c>.</summary>
public static class LambdaHosting
{
    /// <summary>
    /// The Runtime API's host and port when Lambda runs this process, otherwise null. Only Lambda sets the environment variable. No other
    /// source of settings makes a process a function.
    /// </summary>
    public static string? RuntimeApi =>
        Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API") is { Length: > 0 } runtimeApi ? runtimeApi : null;

    /// <summary>Default settings on Lambda. A log entry is one line, because CloudWatch makes an event of each line.</summary>
    public static IReadOnlyDictionary<string, string?> Defaults { get; } = new Dictionary<string, string?>
    {
        ["Logging:Console:FormatterName"] = "simple",
        ["Logging:Console:FormatterOptions:SingleLine"] = "true",
        ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Warning",
    };

    /// <summary>Registers a server that takes HTTP events in place of a port. A <see cref="TimeProvider"/> has to be registered.</summary>
    /// <param name="services">The services.</param>
    /// <param name="runtimeApi">As <see cref="RuntimeApi"/>.</param>
    public static IServiceCollection AddLambdaServer(this IServiceCollection services, string runtimeApi) => services
        .AddLoop(runtimeApi)
        .AddSingleton<IServer, LambdaServer>();

    /// <summary>
    /// Registers the delivery of the function's events. An <see cref="EventBatchDelivery"/> and a <see cref="TimeProvider"/> have to be
    /// registered, and every <see cref="ScheduledTask"/> that there is.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="runtimeApi">As <see cref="RuntimeApi"/>.</param>
    public static IServiceCollection AddLambdaWorker(this IServiceCollection services, string runtimeApi) => services
        .AddLoop(runtimeApi)
        .AddSingleton<IInvocationHandler, WorkerInvocationHandler>()
        .AddHostedService<LambdaService>();

    /// <summary>
    /// Has the gateway's own metrics written to standard output after each invocation, where CloudWatch reads them, if the setting
    /// <c>PUSHGATEWAY_METRICS_NAMESPACE</c> names a namespace.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="settings">The settings. A namespace that CloudWatch would not accept becomes an error.</param>
    /// <param name="service">Value of the dimension <c>service</c>.</param>
    public static IServiceCollection AddLambdaMetrics(this IServiceCollection services, SettingsReader settings, string service) =>
        MetricsNamespace.Read(settings) is { } name
            ? services.AddSingleton(provider => new EmbeddedMetrics(
                PushTelemetry.Name, name, service, Console.Out, provider.GetRequiredService<TimeProvider>()))
            : services;

    /// <summary>Has the sender of telemetry created at the first event. The container then owns it.</summary>
    /// <param name="services">The services.</param>
    /// <param name="create">Creates the sender.</param>
    /// <param name="flushes">Each sends a part of what was recorded so far, such as the metrics. See <see cref="TelemetryFlush"/>.</param>
    public static IServiceCollection AddLambdaTelemetry<T>(
        this IServiceCollection services, Func<IServiceProvider, T> create, params ReadOnlySpan<Action<T, TimeSpan>> flushes)
        where T : class
    {
        services.AddSingleton(create).AddSingleton<TelemetryStart>(provider => () => provider.GetRequiredService<T>());
        foreach (var flush in flushes)
        {
            services.AddSingleton<TelemetryFlush>(provider => timeout => flush(provider.GetRequiredService<T>(), timeout));
        }

        return services;
    }

    /// <summary>On Lambda, reports why the function cannot start. The process then has to exit with a code other than 0.</summary>
    public static async Task ReportInitErrorAsync(Exception exception)
    {
        if (RuntimeApi is not { } runtimeApi)
        {
            return;
        }

        using var api = new RuntimeApiClient(runtimeApi);
        try
        {
            await api.FailInitAsync($"Runtime.{exception.GetType().Name}", exception.Message);
        }
        catch (RuntimeApiException unreachable)
        {
            await Console.Error.WriteLineAsync(unreachable.Message);
        }
    }

    private static IServiceCollection AddLoop(this IServiceCollection services, string runtimeApi) => services
        .AddSingleton(_ => new RuntimeApiClient(runtimeApi))
        .AddSingleton<InvocationLoop>();
}
