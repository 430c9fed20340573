using System.Net.Sockets;
using PushGateway.Api.Auth;
using PushGateway.Api.Endpoints;
using PushGateway.Api.Hosting;
using PushGateway.Configuration;
using PushGateway.Embedded;

if (args is [HashCredentialCommand.Name, .. var arguments])
{
    return await HashCredentialCommand.RunAsync(arguments, Console.OpenStandardInput(), Console.Out, Console.Error);
}

try
{
    var builder = WebApplication.CreateSlimBuilder(args).AddGateway();
    var app = builder.Build();
    app.UseExceptionHandler();
    app.UseCrossOriginPreflight();
    app.UseCredentials();
    app.UseUnroutedRequests();
    app.MapPushEndpoints();
    app.MapExpositionEndpoints();
    app.MapApiEndpoints();
    app.MapHealthEndpoints();
    app.MapLifecycleEndpoints();
    app.MapDocumentationEndpoints();
    app.PrintOnStart();

    // Before the host does it, which would log a stack trace of what is a sentence.
    _ = app.Services.GetService<EmbeddedStore>();
    await app.RunAsync();
    return 0;
}
catch (Exception exception) when (exception is SettingsException or DataFolderException
    || exception.GetBaseException() is SocketException)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 1;
}
