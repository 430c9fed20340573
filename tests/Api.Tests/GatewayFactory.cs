using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PushGateway.Testing;

namespace PushGateway.Api.Tests;

/// <summary>The gateway in this process behind an in-memory server, with the real embedded store in a folder of its own.</summary>
public class GatewayFactory : WebApplicationFactory<Program>
{
    private readonly TempFolder _data = new();

    /// <summary>Settings by their documented names. To be set before first use.</summary>
    public Dictionary<string, string> Settings { get; } = [];

    /// <summary>Replaces services. To be set before first use.</summary>
    public Action<IServiceCollection> ReplaceServices { get; init; } = _ => { };

    /// <summary>A client that sends what it is given: one that follows redirects would buffer the body and give it a length.</summary>
    public HttpClient Connect() => CreateDefaultClient();

    /// <summary>Stops the gateway, then deletes its folder.</summary>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _data.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("PUSHGATEWAY_DATA_DIR", _data.FullPath);
        foreach (var (name, value) in Settings)
        {
            builder.UseSetting(name, value);
        }

        builder.ConfigureLogging(logging => logging.ClearProviders());
        builder.ConfigureTestServices(ReplaceServices);
    }
}
