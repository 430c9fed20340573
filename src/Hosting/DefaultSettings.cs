using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Hosting;
using PushGateway.Aws.Lambda;

namespace PushGateway.Hosting;

/// <summary>The settings that hold where no source of the configuration has another.</summary>
public static class DefaultSettings
{
    private static readonly KeyValuePair<string, string?>[] Everywhere =
    [
        // A log line for each request is for those who ask for it.
        new("Logging:LogLevel:Microsoft.AspNetCore", "Warning"),

        // The gateway's own telemetry speaks what the sink speaks to the same endpoint: OTLP over HTTP, not the SDK's gRPC.
        new("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
    ];

    /// <summary>Puts the defaults below every other source, with <see cref="LambdaHosting.Defaults"/> where Lambda runs this process.</summary>
    public static void AddDefaults(this IHostApplicationBuilder builder)
    {
        var onLambda = builder.Configuration[LambdaHosting.RuntimeApiVariable] is { Length: > 0 };
        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(
            0, new MemoryConfigurationSource { InitialData = onLambda ? [.. Everywhere, .. LambdaHosting.Defaults] : Everywhere });
    }
}
