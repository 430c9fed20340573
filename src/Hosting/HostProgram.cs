using PushGateway.Aws.Lambda;
using PushGateway.Configuration;

namespace PushGateway.Hosting;

/// <summary>Runs the program of Api or Worker, from its arguments to its exit code.</summary>
public static class HostProgram
{
    // Settings are read once. A host that watched its folder for a new appsettings.json would wake with each write to data in that folder.
    private const string NoReload = "--hostBuilder:reloadConfigOnChange=false";

    /// <summary>Runs the host. On Lambda, an exception is reported to Lambda as the reason why the function cannot start.</summary>
    /// <param name="args">The arguments of the process.</param>
    /// <param name="run">Builds the host from its arguments and runs it. The task ends when the host has stopped.</param>
    /// <param name="isExplained">
    /// Whether an exception's message is enough for the user, without a stack trace. That of a <see cref="SettingsException"/> always is.
    /// </param>
    /// <returns>The exit code: 1 after such an exception, otherwise <see cref="Environment.ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args, Func<string[], Task> run, Func<Exception, bool>? isExplained = null)
    {
        try
        {
            await run([NoReload, .. args]);
            return Environment.ExitCode;
        }
        catch (Exception exception) when (exception is SettingsException || isExplained?.Invoke(exception) == true)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            await LambdaHosting.ReportInitErrorAsync(exception);
            return 1;
        }
        catch (Exception exception) when (LambdaHosting.RuntimeApi is not null)
        {
            await LambdaHosting.ReportInitErrorAsync(exception);
            throw;
        }
    }
}
