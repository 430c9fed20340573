using PushGateway.Testing;

namespace PushGateway.EndToEnd.Tests.Clients;

/// <summary>Api, fauxqs, Worker and a Prometheus that takes remote write.</summary>
public sealed class SqsTarget : ClientTarget
{
    SqsPipeline _pipeline = null!;

    public override Uri Gateway => _pipeline.Api.BaseAddress;

    public override bool KeepsGroups => false;

    protected override async Task StartServersAsync()
    {
        var fauxqs = Own(await Fauxqs.StartAsync());
        Prometheus = Own(await PrometheusServer.StartAsync());
        _pipeline = Own(await SqsPipeline.StartAsync(fauxqs.Sqs, FauxqsToPrometheus.RemoteWriteTo(Prometheus)));
    }
}
