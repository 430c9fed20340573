namespace PushGateway.Bench.Compare;

/// <summary>The target of a load.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The path. {group} stands for the group's number.</param>
/// <param name="Groups">Number of groups; 0 means without a group.</param>
internal readonly record struct Target(string Method, string Path, int Groups)
{
    public static Target Of(Server server, int groups) => groups == 0
        ? new Target("POST", server.UngroupedPath ?? throw new ArgumentException($"{server.Name} takes no push without a group."), 0)
        : new Target(server.GroupMethod, server.GroupPath, groups);

    public string PathOf(int group) => Path.Replace("{group}", $"{group + 1}", StringComparison.Ordinal);
}
