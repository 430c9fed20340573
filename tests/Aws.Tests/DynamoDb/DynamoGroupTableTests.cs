using System.Text.Json.Nodes;
using Amazon.DynamoDBv2.Model;
using PushGateway.Aws.DynamoDb;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Aws.Tests.DynamoDb;

/// <summary>The documentation creates the table that the store uses.</summary>
public sealed class DynamoGroupTableTests
{
    private readonly string _document = File.ReadAllText(RepositoryRoot.Combine("docs", "groups.md"));

    [Fact]
    public void The_documented_table_is_the_one_that_is_used()
    {
        var json = _document.Split("```json\n")[1].Split("```")[0];
        var request = DynamoGroupTable.CreateRequest("pushgateway-groups");
        var index = Assert.Single(request.GlobalSecondaryIndexes);
        var expected = new JsonObject
        {
            ["TableName"] = request.TableName,
            ["BillingMode"] = request.BillingMode.Value,
            ["AttributeDefinitions"] = new JsonArray([.. request.AttributeDefinitions.Select(attribute =>
                new JsonObject { ["AttributeName"] = attribute.AttributeName, ["AttributeType"] = attribute.AttributeType.Value })]),
            ["KeySchema"] = Keys(request.KeySchema),
            ["GlobalSecondaryIndexes"] = new JsonArray(new JsonObject
            {
                ["IndexName"] = index.IndexName,
                ["KeySchema"] = Keys(index.KeySchema),
                ["Projection"] = new JsonObject { ["ProjectionType"] = index.Projection.ProjectionType.Value },
            }),
        };

        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(json)), expected.ToJsonString());
    }

    [Fact]
    public void The_documented_time_to_live_is_the_one_that_is_used()
    {
        var specification = DynamoGroupTable.TimeToLiveRequest("pushgateway-groups").TimeToLiveSpecification;
        Assert.True(specification.Enabled);
        Assert.Contains(
            $"--time-to-live-specification Enabled=true,AttributeName={specification.AttributeName}\n", _document, StringComparison.Ordinal);
    }

    private static JsonArray Keys(List<KeySchemaElement> keys) =>
        new([.. keys.Select(key => new JsonObject { ["AttributeName"] = key.AttributeName, ["KeyType"] = key.KeyType.Value })]);
}
