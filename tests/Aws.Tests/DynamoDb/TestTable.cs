using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using PushGateway.Aws.DynamoDb;
using PushGateway.Core.Tests.Groups;
using PushGateway.Exposition;
using PushGateway.Groups;
using PushGateway.Push;
using PushGateway.Testing;

namespace PushGateway.Aws.Tests.DynamoDb;

/// <summary>A table of its own on an emulator, and stores on it.</summary>
internal sealed class TestTable : IDisposable
{
    private readonly List<DynamoGroupStore> _stores = [];

    private readonly DynamoGroupLimits? _limits;

    private TestTable(Uri address, DynamoGroupLimits? limits) => (Client, _limits) = (new InterceptedDynamo(address), limits);

    public string Name { get; } = $"groups-{Guid.NewGuid():N}";

    public TestTime Time { get; } = new();

    /// <summary>The client of <see cref="Store"/>.</summary>
    public InterceptedDynamo Client { get; }

    public DynamoGroupStore Store => field ??= NewStore(Client);

    /// <summary>Creates the table.</summary>
    /// <param name="address">The address of the emulator.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="limits">How the stores on the table cut groups, if other than usual.</param>
    public static async Task<TestTable> CreateAsync(Uri address, CancellationToken cancellationToken, DynamoGroupLimits? limits = null)
    {
        var table = new TestTable(address, limits);
        await table.Client.CreateTableAsync(DynamoGroupTable.CreateRequest(table.Name), cancellationToken);
        await Poll.UntilAsync(
            async token => (await table.Client.DescribeTableAsync(table.Name, token)).Table,
            described => described.TableStatus == TableStatus.ACTIVE && described.GlobalSecondaryIndexes.All(index => index.IndexStatus == IndexStatus.ACTIVE),
            "the table",
            cancellationToken: cancellationToken);
        return table;
    }

    /// <summary>Another store on the table, as another worker has one.</summary>
    public DynamoGroupStore NewStore(IAmazonDynamoDB client, GroupStoreOptions? options = null)
    {
        var store = new DynamoGroupStore(
            new DynamoGroupOptions { TableName = Name, Groups = options ?? GroupStoreOptions.Default }, Time, () => client, limits: _limits);
        _stores.Add(store);
        return store;
    }

    public async Task<GroupEffects> ApplyAsync(params TestPush[] pushes)
    {
        var effects = new GroupEffects();
        await Store.ApplyAsync([.. pushes.Select(push => push.ToGroupPush())], effects, CancellationToken.None);
        return effects;
    }

    public async Task<GroupReading> ReadAsync()
    {
        var reading = new GroupReading();
        (await Store.OpenScanAsync(CancellationToken.None)).ReadOn(reading, CancellationToken.None);
        return reading;
    }

    /// <summary>The expiries that are due.</summary>
    public Task<List<PushHeader>> ExpiredAsync() => ExpiredAsync(Store);

    /// <inheritdoc cref="ExpiredAsync()"/>
    public static async Task<List<PushHeader>> ExpiredAsync(IGroupStore store) => await store.FindExpiredAsync(CancellationToken.None).ToListAsync();

    public async Task<Dictionary<string, AttributeValue>> ItemAsync(string path) =>
        (await Client.GetItemAsync(new GetItemRequest { TableName = Name, Key = new() { ["path"] = new(path) }, ConsistentRead = true })).Item;

    public void Dispose()
    {
        _stores.ForEach(store => store.Dispose());
        Client.Dispose();
    }
}
