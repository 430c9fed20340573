using PushGateway.Testing;

namespace PushGateway.EndToEnd.Tests;

/// <summary>Api, fauxqs, Worker and a Prometheus that takes remote write.</summary>
public sealed class FauxqsToPrometheus : SharedServers
{
    public Fauxqs Fauxqs { get; private set; } = null!;

    public PrometheusServer Prometheus { get; private set; } = null!;

    public SqsPipeline Pipeline { get; private set; } = null!;

    protected override async Task StartServersAsync()
    {
        Fauxqs = Own(await Fauxqs.StartAsync());
        Prometheus = Own(await PrometheusServer.StartAsync());
        Pipeline = Own(await SqsPipeline.StartAsync(Fauxqs.Sqs, RemoteWriteTo(Prometheus)));
    }

    internal static Dictionary<string, string> RemoteWriteTo(PrometheusServer prometheus) =>
        new() { ["PROMETHEUS_REMOTE_WRITE_URL"] = prometheus.RemoteWriteUrl.ToString() };
}
