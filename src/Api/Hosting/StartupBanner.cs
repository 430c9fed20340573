using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace PushGateway.Api.Hosting;

/// <summary>Prints the URL and commands to try, once the server listens.</summary>
internal static class StartupBanner
{
    public static WebApplication PrintOnStart(this WebApplication app)
    {
        app.Lifetime.ApplicationStarted.Register(() => Print(app.Services));
        return app;
    }

    private static void Print(IServiceProvider services)
    {
        var options = services.GetRequiredService<GatewayOptions>();
        if (services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() is not { } url)
        {
            return;
        }

        url = url.Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "localhost", StringComparison.Ordinal);
        Console.WriteLine($"""

            Push Gateway    {url}
            Swagger UI      {url}/swagger
            {(options.QueueUrl is { } queue ? $"Queue           {queue}" : $"Data            {Path.GetFullPath(options.Embedded.DataFolder)}")}
            Try             curl {url}/metrics --data '{"{\"dimensions\":{\"room\":\"kitchen\"},\"metrics\":{\"temperature\":\"21.5\"}}"}'

            """);
    }
}
