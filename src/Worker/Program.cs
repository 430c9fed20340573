using PushGateway.Aws.Lambda;
using PushGateway.Configuration;
using PushGateway.Worker;

try
{
    // Settings are read once: nothing watches for another appsettings.json.
    var builder = Host.CreateApplicationBuilder(["--hostBuilder:reloadConfigOnChange=false", .. args]).AddWorker();
    await builder.Build().RunAsync();
    return Environment.ExitCode;
}
catch (SettingsException exception)
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
