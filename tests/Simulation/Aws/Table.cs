using System.Globalization;
using Amazon.DynamoDBv2.Model;
using PushGateway.Aws.DynamoDb;

namespace PushGateway.Simulation.Aws;

/// <summary>The table of DynamoDB: items by key, and the conditions that the group store sets.</summary>
internal sealed class Table
{
    // Small, so that a scan has several pages.
    private const int PageSize = 3;

    private readonly SortedDictionary<string, Dictionary<string, AttributeValue>> _items = new(StringComparer.Ordinal);

    /// <summary>How the table fails now: null when it does not.</summary>
    public TableFailure? Failing { get; set; }

    /// <summary>Share of the calls whose answer is lost, whether or not they took effect.</summary>
    public double LostAnswers { get; set; }

    public Dictionary<string, AttributeValue>? Get(Dictionary<string, AttributeValue> key) =>
        _items.TryGetValue(KeyOf(key), out var item) ? new(item, StringComparer.Ordinal) : null;

    public void Put(PutItemRequest request)
    {
        var key = KeyOf(request.Item);
        var held = _items.GetValueOrDefault(key) ?? [];
        if (!Holds(request.ConditionExpression, request.ExpressionAttributeNames, request.ExpressionAttributeValues, held))
        {
            throw new ConditionalCheckFailedException("The conditional request failed");
        }

        _items[key] = new(request.Item, StringComparer.Ordinal);
    }

    /// <summary>Takes <c>SET name = value, … REMOVE name, …</c>.</summary>
    public void Update(UpdateItemRequest request)
    {
        var key = KeyOf(request.Key);
        if (!_items.TryGetValue(key, out var item))
        {
            _items.Add(key, item = new(request.Key, StringComparer.Ordinal));
        }

        var parts = request.UpdateExpression["SET ".Length..].Split(" REMOVE ");
        foreach (var assignment in parts[0].Split(", "))
        {
            var sides = assignment.Split(" = ");
            item[NameOf(sides[0], request.ExpressionAttributeNames)] = request.ExpressionAttributeValues[sides[1]];
        }

        foreach (var name in parts.Length > 1 ? parts[1].Split(", ") : [])
        {
            item.Remove(NameOf(name, request.ExpressionAttributeNames));
        }
    }

    public ScanResponse Scan(ScanRequest request)
    {
        var (items, next) = Page(request.ExclusiveStartKey, item => Holds(request.FilterExpression, request.ExpressionAttributeNames, request.ExpressionAttributeValues, item));
        return new ScanResponse { Items = items, LastEvaluatedKey = next };
    }

    /// <summary>An index has the items that have its keys, sorted by the second of them. Here that is one page.</summary>
    public QueryResponse Query(QueryRequest request) => new()
    {
        Items =
        [
            .. _items.Values.Where(item => item.ContainsKey(DynamoGroupTable.ExpiryShard)
                    && Holds(request.KeyConditionExpression, request.ExpressionAttributeNames, request.ExpressionAttributeValues, item))
                .OrderBy(item => Number(item[DynamoGroupTable.ExpiresAt])),
        ],
    };

    private (List<Dictionary<string, AttributeValue>> Items, Dictionary<string, AttributeValue>? Next) Page(
        Dictionary<string, AttributeValue>? start, Func<Dictionary<string, AttributeValue>, bool> isShown)
    {
        var after = start is { Count: > 0 } ? KeyOf(start) : null;
        var page = _items.Where(item => after is null || string.CompareOrdinal(item.Key, after) > 0).Take(PageSize).ToList();
        var next = page.Count == PageSize ? new Dictionary<string, AttributeValue> { [DynamoGroupTable.Path] = new(page[^1].Key) } : null;
        return ([.. page.Select(item => item.Value).Where(isShown)], next);
    }

    // Terms with OR or AND between them, and no parentheses.
    private static bool Holds(
        string? expression, Dictionary<string, string>? names, Dictionary<string, AttributeValue>? values, Dictionary<string, AttributeValue> item) =>
        expression is null || expression.Split(" OR ").Any(terms => terms.Split(" AND ").All(term => TermHolds(term, names, values, item)));

    private static bool TermHolds(
        string term, Dictionary<string, string>? names, Dictionary<string, AttributeValue>? values, Dictionary<string, AttributeValue> item)
    {
        var fields = term.Split(' ', '(', ')');
        if (fields[0] is "attribute_not_exists")
        {
            return !item.ContainsKey(NameOf(fields[1], names));
        }

        if (!item.TryGetValue(NameOf(fields[0], names), out var value))
        {
            return false;
        }

        var order = Number(value).CompareTo(Number(values![fields[2]]));
        return fields[1] switch
        {
            "=" => order == 0,
            "<=" => order <= 0,
            _ => throw new NotSupportedException(term),
        };
    }

    private static string KeyOf(Dictionary<string, AttributeValue> item) => item[DynamoGroupTable.Path].S;

    private static string NameOf(string name, Dictionary<string, string>? names) => names?.GetValueOrDefault(name) ?? name;

    private static long Number(AttributeValue value) => long.Parse(value.N, CultureInfo.InvariantCulture);
}
