using System.Net.Sockets;
using PushGateway.Api.Auth;
using PushGateway.Api.Endpoints;
using PushGateway.Api.Hosting;
using PushGateway.Aws.Lambda;
using PushGateway.Configuration;
using PushGateway.Embedded;

if (args is [HashCredentialCommand.Name, .. var arguments])
{
    return await HashCredentialCommand.RunAsync(arguments, Console.OpenStandardInput(), Console.Out, Console.Error);
}

try
{
    // Settings are read once. A host that watched its folder for another appsettings.json would wake with every write to the data in it.
    var builder = WebApplication.CreateSlimBuilder(["--hostBuilder:reloadConfigOnChange=false", .. args]).AddGateway();
    var app = builder.Build();
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

    // Before the host does it, which would log a stack trace of what is a sentence.
    _ = app.Services.GetService<EmbeddedStore>();
    await app.RunAsync();
    return Environment.ExitCode;
}
catch (Exception exception) when (exception is SettingsException or DataFolderException
    || exception.GetBaseException() is SocketException)
{
    await Console.Error.WriteLineAsync(exception.Message);
    await LambdaHosting.ReportInitErrorAsync(exception);
    return 1;
}
catch (Exception exception) when (LambdaHosting.IsPresent)
{
    await LambdaHosting.ReportInitErrorAsync(exception);
    throw;
}
