using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace PushGateway.LambdaEmulator;

/// <summary>An HTTP/1.1 server on a free port of 127.0.0.1. It has no limits of its own; its handler checks those that matter.</summary>
sealed class LoopbackServer : IAsyncDisposable
{
    readonly WebApplication _application;

    LoopbackServer(WebApplication application)
    {
        _application = application;
        Address = new Uri(application.Urls.Single() + "/");
    }

    /// <summary>The server's root, with a slash at the end.</summary>
    internal Uri Address { get; }

    /// <summary>Starts a server.</summary>
    /// <param name="handler">Answers every request.</param>
    /// <param name="configure">Adds connection middleware.</param>
    internal static async Task<LoopbackServer> StartAsync(RequestDelegate handler, Action<ListenOptions>? configure = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            // A frozen client neither sends nor reads.
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                configure?.Invoke(listen);
            });
        });
        var application = builder.Build();
        try
        {
            application.Run(handler);
            await application.StartAsync();
            return new LoopbackServer(application);
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops the server and cuts every connection.</summary>
    [SuppressMessage("Reliability", "CA2016", Justification = "The token says not to wait for requests under way.")]
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync(new CancellationToken(canceled: true));
        await _application.DisposeAsync();
    }
}
