namespace PushGateway.Bench.Compare;

/// <summary>A server that can be started, and how pushes are sent to it.</summary>
/// <param name="Name">Its name in the tables.</param>
/// <param name="Program">The executable.</param>
/// <param name="ReadyPath">The path that answers 200 when the server accepts pushes.</param>
internal sealed record Server(string Name, string Program, string ReadyPath)
{
    /// <summary>Makes the arguments from a port on 127.0.0.1 and a data folder.</summary>
    public required Func<int, string, string[]> Arguments { get; init; }

    /// <summary>The path of a push without a group; null when the server has no such push.</summary>
    public string? UngroupedPath { get; init; }

    /// <summary>The method of a push that replaces a group.</summary>
    public required string GroupMethod { get; init; }

    /// <summary>The path of a push that replaces a group. {group} stands for the group's number.</summary>
    public required string GroupPath { get; init; }

    /// <summary>Whether answered pushes go through a queue in the data folder before they reach the group store.</summary>
    public bool HasQueue { get; init; }

    public static Server Gateway(string name, string program) => new(name, program, "/-/ready")
    {
        Arguments = static (port, folder) => [$"--urls=http://127.0.0.1:{port}", $"--PUSHGATEWAY_DATA_DIR={folder}"],
        UngroupedPath = "/metrics",
        GroupMethod = "PUT",
        GroupPath = "/metrics/job/bench/instance/{group}",
        HasQueue = true,
    };

    public static Server Pushgateway(string program) => new("Pushgateway", program, "/-/ready")
    {
        Arguments = static (port, folder) => [$"--web.listen-address=127.0.0.1:{port}", $"--persistence.file={folder}/groups", "--log.level=error"],
        GroupMethod = "PUT",
        GroupPath = "/metrics/job/bench/instance/{group}",
    };

    public static Server VictoriaMetrics(string program) => new("VictoriaMetrics", program, "/health")
    {
        Arguments = static (port, folder) => [$"-httpListenAddr=127.0.0.1:{port}", $"-storageDataPath={folder}", "-loggerLevel=ERROR"],
        UngroupedPath = "/api/v1/import/prometheus",
        GroupMethod = "POST",
        GroupPath = "/api/v1/import/prometheus?extra_label=job=bench&extra_label=instance={group}",
    };
}
