using PushGateway.Testing;

namespace PushGateway.EndToEnd.Tests.Clients;

/// <summary>Api, fauxqs, Worker with a table on dynalite, and a Prometheus that takes remote write.</summary>
public sealed class SqsTarget : ClientTarget
{
    const string Table = "groups";

    const string Schema =
        """
        {
          "AttributeDefinitions": [
            {"AttributeName": "path", "AttributeType": "S"},
            {"AttributeName": "expiry_shard", "AttributeType": "N"},
            {"AttributeName": "expires_at", "AttributeType": "N"}
          ],
          "KeySchema": [{"AttributeName": "path", "KeyType": "HASH"}],
          "GlobalSecondaryIndexes": [
            {
              "IndexName": "expiry",
              "KeySchema": [{"AttributeName": "expiry_shard", "KeyType": "HASH"}, {"AttributeName": "expires_at", "KeyType": "RANGE"}],
              "Projection": {"ProjectionType": "KEYS_ONLY"}
            }
          ]
        }
        """;

    SqsPipeline _pipeline = null!;

    public override Uri Gateway => _pipeline.Api.BaseAddress;

    // Worker does not keep groups in the table yet.
    public override bool KeepsGroups => false;

    protected override async Task StartServersAsync()
    {
        var fauxqs = Own(await Fauxqs.StartAsync());
        var dynalite = Own(await Dynalite.StartAsync());
        await dynalite.CreateTableAsync(Table, Schema);
        Prometheus = Own(await PrometheusServer.StartAsync());
        _pipeline = Own(await SqsPipeline.StartAsync(
            fauxqs.Sqs,
            FauxqsToPrometheus.RemoteWriteTo(Prometheus),
            new Dictionary<string, string>(dynalite.ProcessEnvironment) { ["PUSHGATEWAY_GROUPS_TABLE"] = Table }));
    }
}
