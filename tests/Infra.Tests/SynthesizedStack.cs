using System.Text.Json.Nodes;
using Amazon.CDK;
using Amazon.CDK.Assertions;

namespace PushGateway.Infra.Tests;

/// <summary>A stack's template.</summary>
internal sealed class SynthesizedStack
{
    private readonly Lazy<Template>? _template;

    private SynthesizedStack(string path, Lazy<Template>? template)
    {
        Path = path;
        _template = template;
        Json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    public JsonObject Json { get; }

    /// <summary>For the CDK's own assertions.</summary>
    public Template Template => _template?.Value ?? throw new InvalidOperationException("The template was read from a file.");

    public IEnumerable<TemplateResource> Resources =>
        from resource in Json[nameof(Resources)]!.AsObject()
        select new TemplateResource(resource.Key, resource.Value!.AsObject());

    public IEnumerable<string> Outputs => Json[nameof(Outputs)]!.AsObject().Select(output => output.Key);

    /// <summary>Synthesizes what is put into a stack.</summary>
    public static SynthesizedStack Of(Action<Stack> build)
    {
        var app = new App(new AppProps { Outdir = CdkFolder.NewFolder() });
        var stack = new Stack(app, "Test");
        build(stack);
        var path = app.Synth().GetStackByName("Test").TemplateFullPath;
        return new SynthesizedStack(path, new Lazy<Template>(() => Template.FromStack(stack)));
    }

    public static SynthesizedStack Read(string path) => new(path, null);

    /// <summary>The resources of a type, <c>AWS::SQS::Queue</c>.</summary>
    public IEnumerable<TemplateResource> All(string type) => Resources.Where(resource => resource.Type == type);

    /// <summary>The one resource of a type whose id begins like that, without the hash at its end.</summary>
    public TemplateResource One(string type, string id = "") =>
        All(type).Single(resource => TemplateText.WithoutHash(resource.Id).EndsWith(id, StringComparison.Ordinal));
}
