using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Hosting;
using PushGateway.Aws.Lambda;

namespace PushGateway.Hosting;

/// <summary>Default settings. Any other source of the configuration overrides them.</summary>
public static class DefaultSettings
{
    private static readonly KeyValuePair<string, string?>[] Everywhere =
    [
        // ASP.NET Core would log each request.
        new("Logging:LogLevel:Microsoft.AspNetCore", "Warning"),

        // The OTLP sink sends to the same endpoint over HTTP. The SDK's own default is gRPC.
        new("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
    ];

    /// <summary>Adds the defaults below every other source. On Lambda, <see cref="LambdaHosting.Defaults"/> are among them.</summary>
    public static void AddDefaults(this IHostApplicationBuilder builder)
    {
        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(
            0, new MemoryConfigurationSource { InitialData = LambdaHosting.RuntimeApi is null ? Everywhere : [.. Everywhere, .. LambdaHosting.Defaults] });
    }
}
