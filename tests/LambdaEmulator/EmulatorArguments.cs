using System.Runtime.InteropServices;
using PushGateway.Testing;

namespace PushGateway.LambdaEmulator;

/// <summary>Parses the command line.</summary>
static class EmulatorArguments
{
    internal const string Usage = """
        Runs the gateway's two functions as AWS Lambda would, with SQS between them and Prometheus behind them, all on 127.0.0.1.

          dotnet run --project tests/LambdaEmulator -- [options]

          --api <zip or folder>      the Api function; artifacts/api-*.zip when not given
          --worker <zip or folder>   the Worker function; artifacts/worker-*.zip when not given
          --target <name>            how Worker delivers: collector (the default), agent, remotewrite
          --set <name>=<value>       a setting for both functions; may be repeated
          --quiet                    does not print what the functions write
          --help                     prints this
        """;

    /// <exception cref="ArgumentException">An argument is not valid. The message says which one.</exception>
    /// <exception cref="FileNotFoundException">A function's package is neither given nor found.</exception>
    internal static AwsPathOptions Parse(IReadOnlyList<string> arguments)
    {
        string? api = null;
        string? worker = null;
        var target = WorkerTarget.Collector;
        var settings = new Dictionary<string, string>();
        Action<string, string>? write = (function, line) => Console.WriteLine($"[{function}] {line}");

        var left = new Queue<string>(arguments);
        while (left.TryDequeue(out var name))
        {
            switch (name)
            {
                case "--api":
                    api = Value(name, left);
                    break;
                case "--worker":
                    worker = Value(name, left);
                    break;
                case "--target":
                    target = ParseTarget(Value(name, left));
                    break;
                case "--set":
                    var setting = Value(name, left).Split('=', 2);
                    settings[setting[0]] = setting.Length > 1 ? setting[1] : throw new ArgumentException("--set wants <name>=<value>.");
                    break;
                case "--quiet":
                    write = null;
                    break;
                default:
                    throw new ArgumentException($"{name} is not an option.");
            }
        }

        return new AwsPathOptions
        {
            Api = api ?? Artifact("api"),
            Worker = worker ?? Artifact("worker"),
            Target = target,
            Environment = settings,
            LineWritten = write,
        };
    }

    static string Value(string name, Queue<string> left) =>
        left.TryDequeue(out var value) ? value : throw new ArgumentException($"{name} wants a value.");

    static WorkerTarget ParseTarget(string name) =>
        Enum.TryParse<WorkerTarget>(name, ignoreCase: true, out var target) && Enum.IsDefined(target)
            ? target
            : throw new ArgumentException($"{name} is not a target.");

    // The package that eng/publish-lambda.sh made for this machine's architecture.
    static string Artifact(string function)
    {
        var folder = RepositoryRoot.Combine("artifacts");
        var architecture = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64";
        var found = Directory.Exists(folder) ? Directory.GetFiles(folder, $"{function}-*{architecture}.zip") : [];
        return found.Length > 0
            ? found[0]
            : throw new FileNotFoundException($"There is no artifacts/{function}-*{architecture}.zip. Name a package, or make one.");
    }
}
