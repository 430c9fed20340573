using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PushGateway.Aws.Lambda;
using PushGateway.Testing;

namespace PushGateway.Aws.Tests.Lambda;

/// <summary>A function of the built-in host, in this process, against a scripted Runtime API.</summary>
internal sealed class FunctionHost : IAsyncDisposable
{
    private readonly IHost _host;

    private FunctionHost(ScriptedRuntimeApi api, IHost host)
    {
        Api = api;
        _host = host;
    }

    public ScriptedRuntimeApi Api { get; }

    public IServiceProvider Services => _host.Services;

    /// <summary>An ASP.NET Core application whose server is Lambda.</summary>
    public static async Task<FunctionHost> StartHttpAsync(RequestDelegate application, Action<IServiceCollection>? configure = null)
    {
        var api = await ScriptedRuntimeApi.StartAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddLambdaServer(api.Address);
        configure?.Invoke(builder.Services);
        var app = builder.Build();
        app.Run(application);
        await app.StartAsync();
        return new FunctionHost(api, app);
    }

    /// <summary>A host with the worker's handler, or with the one that <paramref name="configure"/> puts in its place.</summary>
    public static async Task<FunctionHost> StartAsync(Action<IServiceCollection> configure, ScriptedRuntimeApi? api = null, bool started = true)
    {
        api ??= await ScriptedRuntimeApi.StartAsync();
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddLambdaWorker(api.Address);
        configure(builder.Services);
        var host = builder.Build();
        if (started)
        {
            await host.StartAsync();
        }

        return new FunctionHost(api, host);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _host.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(Poll.DefaultDeadline);
        await _host.StopAsync(patience.Token);
        await ((IAsyncDisposable)_host).DisposeAsync();
        await Api.DisposeAsync();
    }
}
