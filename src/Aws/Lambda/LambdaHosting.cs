using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using PushGateway.Aws.Lambda.Events;
using PushGateway.Aws.Lambda.Http;
using PushGateway.Aws.Lambda.Metrics;
using PushGateway.Configuration;
using PushGateway.Telemetry;

namespace PushGateway.Aws.Lambda;

/// <summary>Runs a host as a Lambda function with a custom runtime (<c>provided.al2023</c>): its program is the <c>bootstrap</c>.</summary>
public static class LambdaHosting
{
    /// <summary>Names the Runtime API's host and port; Lambda sets it, and only Lambda.</summary>
    public const string RuntimeApiVariable = "AWS_LAMBDA_RUNTIME_API";

    /// <summary>Whether Lambda runs this process.</summary>
    public static bool IsPresent => Environment.GetEnvironmentVariable(RuntimeApiVariable) is { Length: > 0 };

    /// <summary>Settings to put below every other source: to CloudWatch, every line is an event of its own.</summary>
    public static IReadOnlyDictionary<string, string?> Defaults { get; } = new Dictionary<string, string?>
    {
        ["Logging:Console:FormatterName"] = "simple",
        ["Logging:Console:FormatterOptions:SingleLine"] = "true",
        ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Warning",
    };

    /// <summary>Serves HTTP events in place of a server that listens. A <see cref="TimeProvider"/> has to be registered.</summary>
    /// <param name="services">The services.</param>
    /// <param name="runtimeApi">Value of <see cref="RuntimeApiVariable"/>.</param>
    public static IServiceCollection AddLambdaServer(this IServiceCollection services, string runtimeApi) => services
        .AddLoop(runtimeApi)
        .AddSingleton<IServer, LambdaServer>();

    /// <summary>
    /// Delivers what the function is invoked with. An <see cref="EventBatchDelivery"/> and a <see cref="TimeProvider"/> have to be registered,
    /// and any <see cref="ScheduledTask"/>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="runtimeApi">Value of <see cref="RuntimeApiVariable"/>.</param>
    public static IServiceCollection AddLambdaWorker(this IServiceCollection services, string runtimeApi) => services
        .AddLoop(runtimeApi)
        .AddSingleton<IInvocationHandler, WorkerInvocationHandler>()
        .AddHostedService<LambdaService>();

    /// <summary>
    /// Writes the gateway's own metrics to standard output after each invocation, for CloudWatch to read, when the setting
    /// <c>PUSHGATEWAY_METRICS_NAMESPACE</c> names a namespace.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="settings">The settings; a namespace that CloudWatch would not take is refused.</param>
    /// <param name="service">Value of the dimension <c>service</c>.</param>
    public static IServiceCollection AddLambdaMetrics(this IServiceCollection services, SettingsReader settings, string service) =>
        MetricsNamespace.Read(settings) is { } name
            ? services.AddSingleton(provider => new EmbeddedMetrics(
                PushTelemetry.Name, name, service, Console.Out, provider.GetRequiredService<TimeProvider>()))
            : services;

    /// <summary>Has telemetry sent by something that is made when the first event is there, and that the container then owns.</summary>
    /// <param name="services">The services.</param>
    /// <param name="create">Makes it.</param>
    /// <param name="flushes">Each sends a part of what was recorded so far; see <see cref="TelemetryFlush"/>.</param>
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

    /// <summary>Tells Lambda, where it is there, why the function cannot start. The process then has to exit with another code than 0.</summary>
    public static async Task ReportInitErrorAsync(Exception exception)
    {
        if (Environment.GetEnvironmentVariable(RuntimeApiVariable) is not { Length: > 0 } runtimeApi)
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
