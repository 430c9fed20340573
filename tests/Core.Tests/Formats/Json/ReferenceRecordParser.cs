using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using PushGateway.Push;

namespace PushGateway.Core.Tests.Formats.Json;

/// <summary>Reads records as the documentation has them, through <see cref="JsonDocument"/>: slowly, and one rule after another.</summary>
internal static partial class ReferenceRecordParser
{
    /// <summary>The series as <see cref="JsonRecords.Dump"/> writes them; null when the body is refused.</summary>
    public static string[]? Parse(byte[] body, PushLimits limits, long nowMs)
    {
        try
        {
            return [.. Records(body).SelectMany(record => Series(record, limits, nowMs))];
        }
        catch (Exception exception) when (exception is FormatException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static List<JsonElement> Records(byte[] body)
    {
        var text = body is [0xEF, 0xBB, 0xBF, ..] ? body[3..] : body;
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { AllowMultipleValues = true });
        var values = new List<JsonElement>();
        while (reader.Read())
        {
            values.Add(JsonDocument.ParseValue(ref reader).RootElement);
        }

        var records = values is [{ ValueKind: JsonValueKind.Array } array] ? [.. array.EnumerateArray()] : values;
        Require(records.Count > 0);
        return records;
    }

    private static IEnumerable<string> Series(JsonElement record, PushLimits limits, long nowMs)
    {
        Require(record.ValueKind == JsonValueKind.Object);
        var members = Members(record);
        Require(members.All(member => member.Key is "dimensions" or "metrics" or "timestamp"));
        Require(members.DistinctBy(member => member.Key).Count() == members.Count);
        var byKey = members.ToDictionary(member => member.Key, member => member.Value);
        Require(byKey.ContainsKey("dimensions") && byKey.ContainsKey("metrics"));

        var timestamp = byKey.TryGetValue("timestamp", out var given) ? Timestamp(given, limits, nowMs) : nowMs;
        var labels = Labels(byKey["dimensions"], limits);
        var metrics = Named(byKey["metrics"], limits, alsoColon: true);
        return [.. metrics.Select(metric => $"{metric.Key}{{{labels}}} {Number(metric.Value)}@{timestamp}")];
    }

    private static string Labels(JsonElement dimensions, PushLimits limits)
    {
        var named = Named(dimensions, limits, alsoColon: false);
        Require(named.Count + 1 <= limits.MaxLabels && named.All(dimension => dimension.Key != "__name__"));
        Require(named.All(dimension => dimension.Value.ValueKind == JsonValueKind.String
            && Encoding.UTF8.GetByteCount(dimension.Value.GetString()!) <= limits.MaxLabelValueBytes));
        return string.Join(",", named
            .Where(dimension => dimension.Value.GetString() != "")
            .OrderBy(dimension => dimension.Key, StringComparer.Ordinal)
            .Select(dimension => $"{dimension.Key}=\"{dimension.Value.GetString()}\""));
    }

    private static List<KeyValuePair<string, JsonElement>> Named(JsonElement members, PushLimits limits, bool alsoColon)
    {
        Require(members.ValueKind == JsonValueKind.Object);
        var named = Members(members).Select(member => KeyValuePair.Create(Legal(member.Key, alsoColon), member.Value)).ToList();
        Require(named.Count > 0 && named.All(member => member.Key != "" && member.Key.Length <= limits.MaxNameBytes));
        Require(named.Select(member => member.Key).Distinct().Count() == named.Count);
        return named;
    }

    private static string Legal(string name, bool alsoColon)
    {
        var legal = string.Concat(name.EnumerateRunes().Select(
            rune => rune.IsAscii && (Rune.IsLetterOrDigit(rune) || rune.Value == '_' || (alsoColon && rune.Value == ':')) ? rune.ToString() : "_"));
        return legal != "" && char.IsAsciiDigit(legal[0]) ? "_" + legal : legal;
    }

    private static long Timestamp(JsonElement element, PushLimits limits, long nowMs)
    {
        Require(element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out _));
        var timestamp = element.GetInt64();
        Require(timestamp <= nowMs + limits.FutureTolerance.TotalMilliseconds && timestamp >= nowMs - limits.MaxSampleAge.TotalMilliseconds);
        return timestamp;
    }

    private static string Number(JsonElement element)
    {
        var text = element.ValueKind switch
        {
            JsonValueKind.Number => element.GetRawText(),
            JsonValueKind.String => element.GetString()!,
            _ => throw new FormatException(),
        };
        if (text is "NaN" or "Inf" or "+Inf" or "-Inf")
        {
            return $"{(text == "NaN" ? double.NaN : text == "-Inf" ? double.NegativeInfinity : double.PositiveInfinity)}";
        }

        Require(Decimal().IsMatch(text));
        var value = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        Require(double.IsFinite(value));
        return $"{value}{(IsInteger(text) ? "i" : "")}";
    }

    private static bool IsInteger(string text) =>
        !text.AsSpan().ContainsAny(".eE") && BigInteger.Parse(text, CultureInfo.InvariantCulture) is var number && number >= long.MinValue && number <= long.MaxValue;

    // GetString throws where a name is no text.
    private static List<KeyValuePair<string, JsonElement>> Members(JsonElement value) =>
        [.. value.EnumerateObject().Select(member => KeyValuePair.Create(member.Name, member.Value))];

    private static void Require(bool holds)
    {
        if (!holds)
        {
            throw new FormatException();
        }
    }

    [GeneratedRegex(@"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Decimal();
}
