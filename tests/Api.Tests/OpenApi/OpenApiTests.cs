using System.Net;
using System.Text.Json;
using Microsoft.OpenApi;
using Xunit;

namespace PushGateway.Api.Tests.OpenApi;

/// <summary>The committed <c>openapi.json</c> is what the code says, valid, true, and what is served.</summary>
public sealed class OpenApiTests(KestrelGateway gateway) : IClassFixture<KestrelGateway>
{
    private const string UpdateVariable = "PUSHGATEWAY_UPDATE_OPENAPI";

    private readonly HttpClient _client = gateway.Connect();

    [Fact]
    public async Task The_committed_document_is_the_generated_one()
    {
        var generated = await OpenApiJson.GenerateAsync(TestContext.Current.CancellationToken);
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            await File.WriteAllTextAsync(OpenApiJson.CommittedPath, generated, TestContext.Current.CancellationToken);
        }

        var committed = await File.ReadAllTextAsync(OpenApiJson.CommittedPath, TestContext.Current.CancellationToken);
        Assert.True(generated == committed, $"openapi.json is out of date: run the Api tests with {UpdateVariable}=1, and commit it.");
    }

    [Fact]
    public async Task The_document_is_valid()
    {
        using var file = File.OpenRead(OpenApiJson.CommittedPath);
        var (document, diagnostic) = await OpenApiDocument.LoadAsync(file, "json", cancellationToken: TestContext.Current.CancellationToken);

        Assert.NotNull(document);
        Assert.NotNull(diagnostic);
        Assert.Empty(diagnostic.Errors);
        Assert.Empty(diagnostic.Warnings);
        Assert.Equal(OpenApiSpecVersion.OpenApi3_0, diagnostic.SpecificationVersion);
    }

    [Fact]
    public async Task Every_operation_is_named_summarised_tagged_and_described_in_its_responses()
    {
        using var document = await ReadAsync();
        var tags = document.RootElement.GetProperty("tags").EnumerateArray().Select(tag => tag.GetProperty("name").GetString()).ToHashSet();
        var ids = new HashSet<string>();
        foreach (var (_, _, operation) in OperationsOf(document))
        {
            Assert.True(ids.Add(operation.GetProperty("operationId").GetString()!));
            Assert.NotEmpty(operation.GetProperty("summary").GetString()!);
            Assert.Contains(Assert.Single(operation.GetProperty("tags").EnumerateArray()).GetString(), tags);
            foreach (var response in operation.GetProperty("responses").EnumerateObject())
            {
                Assert.NotEmpty(response.Value.GetProperty("description").GetString()!);
            }
        }

        Assert.Equal(
            [
                "deleteGroup", "deleteGroupBase64", "deleteGroups", "groups", "healthy", "mergeGroup", "mergeGroupBase64", "mergeGroups", "metrics", "push", "ready",
                "replaceGroup", "replaceGroupBase64", "replaceGroups", "status", "wipe",
            ],
            ids.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_operation_but_health_may_ask_for_a_credential()
    {
        using var document = await ReadAsync();
        var schemes = document.RootElement.GetProperty("components").GetProperty("securitySchemes").EnumerateObject();
        Assert.Equal(["basic", "bearer"], schemes.Select(scheme => scheme.Value.GetProperty("scheme").GetString()!).Order(StringComparer.Ordinal));
        foreach (var (path, _, operation) in OperationsOf(document))
        {
            var asks = !path.StartsWith("/-/", StringComparison.Ordinal);
            Assert.Equal(asks, operation.GetProperty("responses").TryGetProperty("401", out _));
            Assert.Equal(asks ? 3 : 0, operation.TryGetProperty("security", out var security) ? security.GetArrayLength() : 0);
        }
    }

    [Fact]
    public async Task Every_example_works()
    {
        using var document = await ReadAsync();
        var pushed = 0;
        foreach (var (path, method, operation) in OperationsOf(document))
        {
            // Swagger UI escapes the slashes of a path parameter.
            var target = operation.TryGetProperty("parameters", out var parameters)
                && path.Contains("{group}", StringComparison.Ordinal)
                ? path.Replace("{group}", Uri.EscapeDataString(parameters[0].GetProperty("example").GetString()!), StringComparison.Ordinal)
                : path;
            foreach (var (type, body) in ExamplesOf(operation))
            {
                using var response = await _client.PushAsync(body, type, target, new HttpMethod(method));
                Assert.True(response.StatusCode == HttpStatusCode.Accepted, $"{method} {target} {type}: {await response.TextAsync()}");
                pushed++;
            }
        }

        Assert.Equal(17, pushed);
    }

    [Fact]
    public async Task The_example_of_a_problem_is_what_is_answered()
    {
        using var document = await ReadAsync();
        using var response = await _client.PushAsync("""{"dimensions":{"d":"x"},"metrics":{"temperature":"warm"}}""", Pushes.Json);

        using var answered = JsonDocument.Parse(await response.TextAsync());
        var example = document.RootElement.GetProperty("paths").GetProperty("/metrics").GetProperty("post").GetProperty("responses")
            .GetProperty("400").GetProperty("content").GetProperty("application/problem+json").GetProperty("example");
        foreach (var member in example.EnumerateObject())
        {
            Assert.True(JsonElement.DeepEquals(member.Value, answered.RootElement.GetProperty(member.Name)), member.Name);
        }
    }

    [Fact]
    public async Task The_document_is_served_as_committed()
    {
        using var response = await _client.SendAsync("GET", "/openapi.json");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(
            await File.ReadAllBytesAsync(OpenApiJson.CommittedPath, TestContext.Current.CancellationToken),
            await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Swagger_UI_shows_the_document()
    {
        using var page = await _client.SendAsync("GET", "/swagger/index.html");
        using var script = await _client.SendAsync("GET", "/swagger/index.js");

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("<title>Push Gateway</title>", await page.TextAsync(), StringComparison.Ordinal);
        Assert.Contains("/openapi.json", await page.TextAsync() + await script.TextAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/swagger")]
    [InlineData("/swagger/")]
    public async Task Swagger_UI_is_found_by_its_folder(string path)
    {
        using var response = await _client.SendAsync("GET", path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("/swagger/index.html", response.RequestMessage?.RequestUri?.AbsolutePath);
    }

    private static async Task<JsonDocument> ReadAsync() =>
        JsonDocument.Parse(await File.ReadAllBytesAsync(OpenApiJson.CommittedPath, TestContext.Current.CancellationToken));

    private static IEnumerable<(string Path, string Method, JsonElement Operation)> OperationsOf(JsonDocument document) =>
        from path in document.RootElement.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select (path.Name, operation.Name.ToUpperInvariant(), operation.Value);

    private static IEnumerable<(string Type, string Body)> ExamplesOf(JsonElement operation) =>
        operation.TryGetProperty("requestBody", out var body)
            ? from content in body.GetProperty("content").EnumerateObject()
              from example in content.Value.GetProperty("examples").EnumerateObject()
              let value = example.Value.GetProperty("value")
              select (content.Name, value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText())
            : [];
}
