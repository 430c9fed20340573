using System.Text.Json.Nodes;

namespace PushGateway.Infra.Tests;

/// <summary>A resource of a template.</summary>
internal sealed record TemplateResource(string Id, JsonObject Json)
{
    public string Type => (string)Json[nameof(Type)]!;

    public JsonObject Properties => Json[nameof(Properties)]?.AsObject() ?? [];

    /// <summary>A property by its path, <c>Environment.Variables</c>; null without.</summary>
    public JsonNode? this[string path] => path.Split('.').Aggregate((JsonNode?)Properties, (node, name) => node?[name]);

    /// <summary>A property as <see cref="TemplateText"/> writes it; null without.</summary>
    public string? Text(string path) => this[path] is { } value ? TemplateText.Of(value) : null;
}
