using PushGateway.Testing;

namespace PushGateway.EndToEnd.Tests.Clients;

/// <summary>Api, fauxqs, Worker with its groups on dynalite, and a Prometheus that takes remote write.</summary>
public sealed class SqsTarget : ClientTarget
{
    SqsPipeline _pipeline = null!;

    public override Uri Gateway => _pipeline.Api.BaseAddress;

    protected override async Task StartServersAsync()
    {
        var fauxqs = Own(await Fauxqs.StartAsync());
        var dynalite = Own(await Dynalite.StartAsync());
        var table = new GroupsTable(dynalite);
        await table.CreateAsync();
        Prometheus = Own(await PrometheusServer.StartAsync());
        _pipeline = Own(await SqsPipeline.StartAsync(fauxqs.Sqs, FauxqsToPrometheus.RemoteWriteTo(Prometheus), table.ProcessEnvironment));
    }
}
