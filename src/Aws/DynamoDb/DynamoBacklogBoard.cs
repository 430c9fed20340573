using System.Globalization;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using PushGateway.Delivery;

namespace PushGateway.Aws.DynamoDb;

/// <summary>
/// The workers' board: one item of the table of groups, with an attribute for every mark. Its key is no path of a group.
/// </summary>
/// <param name="table">The table.</param>
/// <param name="client">DynamoDB's client.</param>
/// <param name="time">The clock.</param>
internal sealed class DynamoBacklogBoard(string table, Lazy<IAmazonDynamoDB> client, TimeProvider time) : IBacklogBoard
{
    private const string MarkPrefix = "s";
    private const long MillisecondsPerSecond = 1000;

    // An expression has at most 4 KB. The oldest marks count.
    private const int MarksPerCall = 100;

    // The table forgets the item of a queue that is no longer used.
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    private static readonly Dictionary<string, AttributeValue> KeyOfItem = new() { [DynamoGroupTable.Path] = new(DynamoGroupTable.Backlog) };

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyDictionary<long, long>> ReadAsync(CancellationToken cancellationToken)
    {
        var request = new GetItemRequest { TableName = table, Key = KeyOfItem, ConsistentRead = true };
        var response = await client.Value.GetItemAsync(request, cancellationToken);
        var marks = new Dictionary<long, long>();
        foreach (var (name, value) in response.Item ?? [])
        {
            if (TryRead(name, value, out var spanMs, out var untilMs))
            {
                marks.Add(spanMs, untilMs);
            }
        }

        return marks;
    }

    /// <inheritdoc/>
    /// <remarks>One call. Marks that are past, and were read before, are removed with it.</remarks>
    public async ValueTask WriteAsync(
        IReadOnlyDictionary<long, long> marks, IReadOnlyCollection<long> past, CancellationToken cancellationToken)
    {
        var values = new Dictionary<string, AttributeValue>
        {
            [":kind"] = new(DynamoGroupTable.Backlog),
            [":forget"] = DynamoGroupItem.Number((time.GetUtcNow() + Kept).ToUnixTimeSeconds()),
        };
        var sets = new List<string> { "#kind = :kind", "#forget = :forget" };
        foreach (var (spanMs, untilMs) in marks.OrderBy(static mark => mark.Key).Take(MarksPerCall))
        {
            var value = string.Create(CultureInfo.InvariantCulture, $":v{sets.Count}");
            sets.Add($"{NameOf(spanMs)} = {value}");
            values.Add(value, DynamoGroupItem.Number(untilMs));
        }

        var removes = string.Join(", ", past.Take(MarksPerCall).Select(NameOf));
        var request = new UpdateItemRequest
        {
            TableName = table,
            Key = KeyOfItem,
            UpdateExpression = $"SET {string.Join(", ", sets)}{(removes.Length > 0 ? " REMOVE " + removes : "")}",
            ExpressionAttributeNames = new() { ["#kind"] = DynamoGroupTable.Kind, ["#forget"] = DynamoGroupTable.ForgetAt },
            ExpressionAttributeValues = values,
        };
        await client.Value.UpdateItemAsync(request, cancellationToken);
    }

    private static string NameOf(long spanMs) => string.Create(CultureInfo.InvariantCulture, $"{MarkPrefix}{spanMs / MillisecondsPerSecond}");

    private static bool TryRead(string name, AttributeValue value, out long spanMs, out long untilMs)
    {
        untilMs = 0;
        var isMark = name.StartsWith(MarkPrefix, StringComparison.Ordinal)
            & long.TryParse(name.AsSpan(MarkPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out spanMs)
            && long.TryParse(value.N, NumberStyles.None, CultureInfo.InvariantCulture, out untilMs);
        spanMs *= MillisecondsPerSecond;
        return isMark;
    }
}
