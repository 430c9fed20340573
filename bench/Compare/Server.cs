namespace PushGateway.Bench.Compare;

/// <summary>A server that can be started, and how it is pushed to.</summary>
/// <param name="Name">As the tables have it.</param>
/// <param name="Program">The executable.</param>
/// <param name="ReadyPath">Answers 200 once pushes are taken.</param>
internal sealed record Server(string Name, string Program, string ReadyPath)
{
    /// <summary>Arguments, from the port on 127.0.0.1 and the folder for its data.</summary>
    public required Func<int, string, string[]> Arguments { get; init; }

    /// <summary>Where a push without a group goes; null where there is no such thing.</summary>
    public string? UngroupedPath { get; init; }

    /// <summary>How a push replaces a group.</summary>
    public required string GroupMethod { get; init; }

    /// <summary>Where it goes; {group} stands for the group's number.</summary>
    public required string GroupPath { get; init; }

    /// <summary>Whether what was answered is still on its way into the group store, by the queue in the data folder.</summary>
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
