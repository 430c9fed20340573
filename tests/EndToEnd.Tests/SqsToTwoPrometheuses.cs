using PushGateway.Testing;

namespace PushGateway.EndToEnd.Tests;

/// <summary>
/// fauxqs, a DynamoDB emulator, and two Prometheus servers: one with its default settings, which takes no sample that is older than
/// another of its series, and one with an out-of-order window of ten minutes, as AMP can have it.
/// </summary>
public sealed class SqsToTwoPrometheuses : SharedServers
{
    static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    public Fauxqs Fauxqs { get; private set; } = null!;

    public Dynalite Dynalite { get; private set; } = null!;

    public PrometheusServer Default { get; private set; } = null!;

    public PrometheusServer TenMinutes { get; private set; } = null!;

    internal PrometheusServer Target(bool tenMinutes) => tenMinutes ? TenMinutes : Default;

    /// <summary>Starts Api and Worker with a queue and a group table of their own.</summary>
    internal async Task<SqsPipeline> StartPipelineAsync(bool tenMinutes, TimeSpan? visibilityTimeout = null)
    {
        await StartAsync();
        var table = new GroupsTable(Dynalite);
        await table.CreateAsync();
        var target = FauxqsToPrometheus.RemoteWriteTo(Target(tenMinutes));
        target["PUSHGATEWAY_TARGET_OUT_OF_ORDER_WINDOW"] = tenMinutes ? "10m" : "0s";
        return await SqsPipeline.StartAsync(Fauxqs.Sqs, target, table.ProcessEnvironment, visibilityTimeout);
    }

    protected override async Task StartServersAsync()
    {
        Fauxqs = Own(await Fauxqs.StartAsync());
        Dynalite = Own(await Dynalite.StartAsync());
        Default = Own(await PrometheusServer.StartAsync(new PrometheusOptions { OutOfOrderWindow = TimeSpan.Zero }));
        TenMinutes = Own(await PrometheusServer.StartAsync(new PrometheusOptions { OutOfOrderWindow = Window }));
    }
}
