using System.Text.Json.Nodes;

namespace PushGateway.EndToEnd.Tests.Conformance;

/// <summary>An answer of <c>/api/v1</c> in a form that can be compared: the groups of one case, members and lists sorted, times and builds left out.</summary>
static class CanonicalJson
{
    internal static string Read(string json, string token)
    {
        var root = JsonNode.Parse(json)!;
        if (root["data"] is JsonArray groups)
            root["data"] = new JsonArray([.. groups.Where(group => group!["labels"]!["job"]!.GetValue<string>().StartsWith(token, StringComparison.Ordinal)).Select(group => group!.DeepClone())]);
        return Sort(root, "").ToJsonString();
    }

    static JsonNode Sort(JsonNode node, string name) => (name, node) switch
    {
        ("time_stamp" or "start_time", JsonValue time) => DateTime.TryParse(time.GetValue<string>(), out var parsed) && parsed.Kind == DateTimeKind.Local ? "a time" : time.DeepClone(),
        ("flags", JsonObject flags) => flags.All(IsText) ? "settings by name" : flags.DeepClone(),
        ("build_information", JsonObject build) => new JsonObject(build.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => KeyValuePair.Create(member.Key, (JsonNode?)(IsText(member) ? "text" : "something else")))),
        ("push_time_seconds" or "push_failure_time_seconds", JsonObject family) => Sort(WithoutTime(family), ""),
        (_, JsonObject members) => new JsonObject(members.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => KeyValuePair.Create(member.Key, (JsonNode?)Sort(member.Value!, member.Key)))),
        (_, JsonArray list) => new JsonArray([.. list.Select(item => Sort(item!, "")).OrderBy(item => item.ToJsonString(), StringComparer.Ordinal)]),
        _ => node.DeepClone(),
    };

    static bool IsText(KeyValuePair<string, JsonNode?> member) => member.Value is JsonValue value && value.TryGetValue<string>(out _);

    static JsonNode WithoutTime(JsonObject family)
    {
        var copy = family.DeepClone();
        var value = copy["metrics"]![0]!["value"]!.GetValue<string>();
        copy["metrics"]![0]!["value"] = value == "0" ? value : "non-zero";
        return copy;
    }
}
