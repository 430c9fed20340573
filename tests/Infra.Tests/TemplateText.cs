using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace PushGateway.Infra.Tests;

/// <summary>Writes a value of a template so that it can be read: <c>${GatewayQueuesPushes.Arn}</c>, what is joined in one piece.</summary>
internal static partial class TemplateText
{
    public static string Of(JsonNode value) => value switch
    {
        JsonObject { Count: 1 } function when function["Ref"] is { } id => $"${{{WithoutHash((string)id!)}}}",
        JsonObject { Count: 1 } function when function["Fn::GetAtt"] is JsonArray path => $"${{{WithoutHash((string)path[0]!)}.{(string)path[1]!}}}",
        JsonObject { Count: 1 } function when function["Fn::Join"] is JsonArray join =>
            string.Join((string)join[0]!, join[1]!.AsArray().Select(part => Of(part!))),
        JsonValue text when text.TryGetValue(out string? plain) => plain,
        _ => value.ToJsonString(),
    };

    /// <summary>A logical id without the eight digits that the CDK ends it with.</summary>
    public static string WithoutHash(string id) => Hash().Replace(id, "");

    [GeneratedRegex("[0-9A-F]{8}$")]
    private static partial Regex Hash();
}
