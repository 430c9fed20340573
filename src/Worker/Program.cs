using PushGateway.Configuration;
using PushGateway.Worker;

try
{
    var builder = Host.CreateApplicationBuilder(args).AddWorker();
    await builder.Build().RunAsync();
    return 0;
}
catch (SettingsException exception)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 1;
}
