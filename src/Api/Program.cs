using System.Net.Sockets;
using PushGateway.Api.Auth;
using PushGateway.Api.Endpoints;
using PushGateway.Api.Hosting;
using PushGateway.Api.Storage;
using PushGateway.Embedded;
using PushGateway.Hosting;

if (args is [HashCredentialCommand.Name, .. var arguments])
{
    return await HashCredentialCommand.RunAsync(arguments, Console.OpenStandardInput(), Console.Out, Console.Error);
}

if (args is [CheckCommand.Name, .. var checkArguments])
{
    return await CheckCommand.RunAsync(checkArguments, Environment.GetEnvironmentVariable, Console.Out, Console.Error);
}

return await HostProgram.RunAsync(
    args,
    static args =>
    {
        var app = WebApplication.CreateSlimBuilder(args).AddGateway().Build();
        app.UseExceptionHandler();
        app.UseCrossOriginPreflight();
        app.UseCredentials();
        app.UseUnroutedRequests();
        app.MapPushEndpoints();
        app.MapGroupsEndpoints();
        app.MapAdminEndpoints();
        app.MapExpositionEndpoints();
        app.MapApiEndpoints();
        app.MapHealthEndpoints();
        app.MapLifecycleEndpoints();
        app.MapDocumentationEndpoints();
        app.PrintOnStart();

        // The store is opened before the host starts. The host would log a stack trace where the message is enough.
        _ = app.Services.GetService<EmbeddedStore>();
        return app.RunAsync();
    },
    static exception => exception is DataFolderException || exception.GetBaseException() is SocketException);
