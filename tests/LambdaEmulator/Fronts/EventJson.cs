using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PushGateway.LambdaEmulator;

/// <summary>The common parts of the events of all fronts.</summary>
static class EventJson
{
    // Characters outside ASCII are not escaped. Escapes would change the size.
    static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The time in the Common Log Format.</summary>
    internal static string LogTime(DateTimeOffset time) => time.ToString("dd/MMM/yyyy:HH:mm:ss +0000", CultureInfo.InvariantCulture);

    internal static byte[] Encode(JsonNode node) => Encoding.UTF8.GetBytes(node.ToJsonString(Relaxed));

    internal static JsonObject Object<T>(IEnumerable<T> items, Func<T, string> name, Func<T, JsonNode> value)
    {
        var json = new JsonObject();
        foreach (var item in items)
            json[name(item)] = value(item);
        return json;
    }

    internal static JsonArray Array(IEnumerable<string> values) => new([.. values.Select(value => JsonValue.Create(value))]);
}
