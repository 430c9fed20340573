using PushGateway.LambdaEmulator;
using PushGateway.Testing;

namespace PushGateway.EndToEnd.Tests.Lambda;

/// <summary>The path on Lambda, with the groups in DynamoDB.</summary>
public sealed class LambdaGroups : SharedServers
{
    public AwsPath Path { get; private set; } = null!;

    protected override async Task StartServersAsync()
    {
        var options = LambdaPath.Options(WorkerTarget.Collector);
        var dynalite = Own(await Dynalite.StartAsync());
        var table = new GroupsTable(dynalite);
        await table.CreateAsync();
        Path = Own(await AwsPath.StartAsync(options with { Environment = Settings(table) }));
    }

    // Region and credentials are the function's own, and not to be set.
    internal static Dictionary<string, string> Settings(GroupsTable table) => table.ProcessEnvironment
        .Where(variable => variable.Key is "PUSHGATEWAY_GROUPS_TABLE" or "AWS_ENDPOINT_URL_DYNAMODB")
        .ToDictionary();
}
