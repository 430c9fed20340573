using System.Globalization;

namespace PushGateway.LambdaEmulator;

/// <summary>
/// All variables of a sandbox with an OS-only runtime: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html. There are
/// no others, except <c>_X_AMZN_TRACE_ID</c>, which the runtime sets itself.
/// </summary>
static class SandboxEnvironment
{
    internal static Dictionary<string, string> Create(
        FunctionOptions options, DeploymentPackage package, string runtimeApi, Uri? collector)
    {
        // A function may replace these.
        var environment = new Dictionary<string, string>
        {
            ["LANG"] = "en_US.UTF-8",
            ["LD_LIBRARY_PATH"] = $"/lib64:/usr/lib64:{package.TaskRoot}:{package.TaskRoot}/lib:/opt/lib",
            ["PATH"] = "/usr/local/bin:/usr/bin/:/bin:/opt/bin",
            ["TZ"] = ":UTC",
            ["AWS_XRAY_CONTEXT_MISSING"] = "LOG_ERROR",
        };
        if (collector is not null)
            environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.ToString().TrimEnd('/');
        foreach (var (name, value) in options.Environment)
            environment[name] = value;

        foreach (var (name, value) in Reserved(options, package.TaskRoot, runtimeApi))
            environment[name] = value;
        return environment;
    }

    /// <exception cref="ArgumentException">The function sets a reserved variable, so Lambda would refuse to create it.</exception>
    internal static void Check(FunctionOptions options)
    {
        if (Reserved(options, "", "").Keys.FirstOrDefault(options.Environment.ContainsKey) is { } name)
            throw new ArgumentException($"{name} is reserved.", nameof(options));
    }

    static Dictionary<string, string> Reserved(FunctionOptions options, string taskRoot, string runtimeApi) => new()
    {
        ["_HANDLER"] = options.Handler,
        ["AWS_ACCESS_KEY_ID"] = AwsAccount.AccessKeyId,
        ["AWS_SECRET_ACCESS_KEY"] = AwsAccount.SecretAccessKey,
        ["AWS_SESSION_TOKEN"] = AwsAccount.SessionToken,
        ["AWS_DEFAULT_REGION"] = AwsAccount.Region,
        ["AWS_REGION"] = AwsAccount.Region,
        ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = options.MemorySize.ToString(CultureInfo.InvariantCulture),
        ["AWS_LAMBDA_FUNCTION_NAME"] = options.Name,
        ["AWS_LAMBDA_FUNCTION_VERSION"] = "$LATEST",
        ["AWS_LAMBDA_INITIALIZATION_TYPE"] = "on-demand",
        ["AWS_LAMBDA_LOG_GROUP_NAME"] = $"/aws/lambda/{options.Name}",
        ["AWS_LAMBDA_LOG_STREAM_NAME"] = string.Create(
            CultureInfo.InvariantCulture, $"{DateTimeOffset.UtcNow:yyyy/MM/dd}/[$LATEST]{Guid.NewGuid():N}"),
        ["AWS_LAMBDA_RUNTIME_API"] = runtimeApi,
        ["LAMBDA_RUNTIME_DIR"] = "/var/runtime",
        ["LAMBDA_TASK_ROOT"] = taskRoot,
    };
}
