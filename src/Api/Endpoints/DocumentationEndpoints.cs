using Microsoft.AspNetCore.Http.HttpResults;
using PushGateway.Api.Auth;

namespace PushGateway.Api.Endpoints;

/// <summary>The API description, and a page to explore it.</summary>
internal static class DocumentationEndpoints
{
    private const string DocumentPath = "/openapi.json";

    public static WebApplication MapDocumentationEndpoints(this WebApplication app)
    {
        app.MapGet(DocumentPath, GetDocument).HonoursPinnedLabels().ExcludeFromDescription();
        app.UseSwaggerUI(options =>
        {
            options.RoutePrefix = "swagger";
            options.DocumentTitle = "Push Gateway";
            options.SwaggerEndpoint(DocumentPath, "Push Gateway");
        });
        return app;
    }

    // The tests generate the document, and the assembly contains it. Generating it needs reflection, which Native AOT does not have.
    private static FileStreamHttpResult GetDocument() =>
        TypedResults.Stream(typeof(DocumentationEndpoints).Assembly.GetManifestResourceStream("openapi.json")!, "application/json");
}
