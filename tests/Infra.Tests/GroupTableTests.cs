using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Infra.Tests;

/// <summary>The table is the one of <c>docs/groups.md</c>, which another test holds to the code.</summary>
public sealed partial class GroupTableTests
{
    private readonly string _document = File.ReadAllText(RepositoryRoot.Combine("docs", "groups.md"));
    private readonly TemplateResource _table = Gateways.Get(Gateways.Default).One("AWS::DynamoDB::Table");

    [Fact]
    public void It_is_the_documented_table()
    {
        var documented = JsonNode.Parse(_document.Split("```json\n")[1].Split("```")[0])!.AsObject();
        documented.Remove("TableName");
        Assert.All(documented, property => Assert.True(JsonNode.DeepEquals(property.Value, _table[property.Key]), $"{property.Key}: {_table[property.Key]}"));
    }

    [Fact]
    public void Deleted_groups_are_forgotten()
    {
        Assert.True((bool)_table["TimeToLiveSpecification.Enabled"]!);
        Assert.Equal(TimeToLive().Match(_document).Groups[1].Value, _table.Text("TimeToLiveSpecification.AttributeName"));
    }

    [Fact]
    public void It_can_be_restored_and_is_kept()
    {
        Assert.True((bool)_table["PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled"]!);
        Assert.Equal("Retain", (string)_table.Json["DeletionPolicy"]!);
        Assert.Equal("Delete", (string)Gateways.Get(Gateways.Customized).One("AWS::DynamoDB::Table").Json["DeletionPolicy"]!);
    }

    [GeneratedRegex("time-to-live-specification Enabled=true,AttributeName=([a-z_]+)")]
    private static partial Regex TimeToLive();
}
