using System.Text.Json.Nodes;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Infra.Tests;

/// <summary>The construct's documentation has everything that there is, and nothing else.</summary>
public sealed class ReadmeTests
{
    private readonly string[] _lines = File.ReadAllLines(RepositoryRoot.Combine("infra", "README.md"));

    [Fact]
    public void Every_property_has_a_row() => Assert.Equal(
        typeof(PrometheusPushGatewayProps).GetProperties().Select(property => property.Name).Order(StringComparer.Ordinal),
        Section("## Properties").Select(FirstName).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_alarm_has_a_row() => Assert.Equal(
        Gateways.Get(Gateways.Default).All("AWS::CloudWatch::Alarm")
            .Select(alarm => TemplateText.WithoutHash(alarm.Id)["GatewayAlarms".Length..]).Order(StringComparer.Ordinal),
        Section("## Alarms").SelectMany(Names).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_permission_is_said()
    {
        var section = string.Join('\n', Section("## Permissions"));
        var actions = Gateways.Get(Gateways.Default).All("AWS::IAM::Policy").SelectMany(policy => policy["PolicyDocument.Statement"]!.AsArray())
            .SelectMany(statement => statement!["Action"] is JsonArray many ? many.Select(action => (string)action!) : [(string)statement["Action"]!]);
        Assert.All(actions.Distinct(), action => Assert.Contains($"`{action}`", section, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_parameter_is_said()
    {
        var document = string.Join('\n', _lines);
        Assert.All(
            Gateways.Get(Gateways.Default).All("AWS::SSM::Parameter"),
            parameter => Assert.Contains($"`{parameter.Text("Name")!.Split('/')[^1]}`", document, StringComparison.Ordinal));
    }

    private static string FirstName(string row) => row.Split('`')[1];

    // Those of the first column.
    private static IEnumerable<string> Names(string row) => row.Split('|')[1].Split('`').Where((_, index) => index % 2 == 1);

    private IEnumerable<string> Section(string heading) => _lines.SkipWhile(line => line != heading).Skip(1)
        .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal)).Where(line => line.StartsWith('|')).Skip(2);
}
