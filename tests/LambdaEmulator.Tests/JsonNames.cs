using System.Text.Json;

namespace PushGateway.LambdaEmulator.Tests;

/// <summary>The shape of JSON.</summary>
static class JsonNames
{
    /// <summary>The sorted names of an object's members.</summary>
    internal static string Of(JsonElement element) =>
        string.Join(' ', element.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));

    /// <summary>A string member.</summary>
    internal static string? Text(this JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
            element = element.GetProperty(name);
        return element.GetString();
    }
}
