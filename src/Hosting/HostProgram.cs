using PushGateway.Aws.Lambda;
using PushGateway.Configuration;

namespace PushGateway.Hosting;

/// <summary>Runs a process of the gateway, from its arguments to its exit code.</summary>
public static class HostProgram
{
    // Settings are read once. A host that watched its folder for another appsettings.json would wake with every write to the data in it.
    private const string NoReload = "--hostBuilder:reloadConfigOnChange=false";

    /// <summary>Runs the host. On Lambda, whatever ends the start is reported to Lambda.</summary>
    /// <param name="args">The process's arguments.</param>
    /// <param name="run">Builds the host from the arguments it is given, runs it, and ends when the host has stopped.</param>
    /// <param name="isUsersError">Tells which exceptions, besides <see cref="SettingsException"/>, have a message that needs no stack trace.</param>
    /// <returns>The exit code: 1 when the start ended in a message, <see cref="Environment.ExitCode"/> otherwise.</returns>
    public static async Task<int> RunAsync(string[] args, Func<string[], Task> run, Func<Exception, bool>? isUsersError = null)
    {
        try
        {
            await run([NoReload, .. args]);
            return Environment.ExitCode;
        }
        catch (Exception exception) when (exception is SettingsException || isUsersError?.Invoke(exception) == true)
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
    }
}
