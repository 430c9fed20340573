using PushGateway.Testing;

namespace PushGateway.EndToEnd.Tests;

/// <summary>Api, fauxqs, Worker with its groups in DynamoDB, and a Prometheus that takes remote write.</summary>
public sealed class DynamoGroupsToPrometheus : SharedServers
{
    public Fauxqs Fauxqs { get; private set; } = null!;

    public Dynalite Dynalite { get; private set; } = null!;

    public PrometheusServer Prometheus { get; private set; } = null!;

    public SqsPipeline Pipeline { get; private set; } = null!;

    protected override async Task StartServersAsync()
    {
        Fauxqs = Own(await Fauxqs.StartAsync());
        Dynalite = Own(await Dynalite.StartAsync());
        Prometheus = Own(await PrometheusServer.StartAsync());
        var table = new GroupsTable(Dynalite);
        await table.CreateAsync();
        Pipeline = Own(await SqsPipeline.StartAsync(Fauxqs.Sqs, FauxqsToPrometheus.RemoteWriteTo(Prometheus), table.ProcessEnvironment));
    }
}
