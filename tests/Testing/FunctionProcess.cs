namespace PushGateway.Testing;

/// <summary>
/// The built Api or Worker as Lambda runs it: with the address of the Runtime API, and without the machine's own configuration.
/// </summary>
public sealed class FunctionProcess : IAsyncDisposable
{
    readonly TempFolder _folder;

    FunctionProcess(TempFolder folder, ChildProcess process)
    {
        _folder = folder;
        Process = process;
    }

    /// <summary>The process.</summary>
    public ChildProcess Process { get; }

    /// <summary>Starts a function. It may not have asked for an event yet when this method returns.</summary>
    /// <param name="project"><c>Api</c> or <c>Worker</c>.</param>
    /// <param name="runtimeApi">Host and port of the Runtime API.</param>
    /// <param name="environment">Its configuration.</param>
    public static async Task<FunctionProcess> StartAsync(string project, string runtimeApi, IReadOnlyDictionary<string, string> environment)
    {
        var folder = new TempFolder();
        try
        {
            var variables = new Dictionary<string, string>(environment)
            {
                ["AWS_LAMBDA_RUNTIME_API"] = runtimeApi,
                ["AWS_REGION"] = "eu-west-1",
                ["AWS_ACCESS_KEY_ID"] = "key",
                ["AWS_SECRET_ACCESS_KEY"] = "secret",
            };
            return new FunctionProcess(folder, await ChildProcess.StartAsync(DotnetProgram.Prepare(project, variables, folder.FullPath, [])));
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Kills the function.</summary>
    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _folder.Dispose();
    }
}
