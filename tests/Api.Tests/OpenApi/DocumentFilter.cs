using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace PushGateway.Api.Tests.OpenApi;

/// <summary>What concerns the document as a whole.</summary>
internal sealed class DocumentFilter : IDocumentFilter
{
    public static OpenApiInfo Info { get; } = new()
    {
        Title = "Push Gateway",
        Version = "1",
        License = new OpenApiLicense { Name = "Apache-2.0" },
        Description = """
            Push metrics over HTTP; they arrive in Amazon Managed Service for Prometheus, or any other Prometheus.

            * `POST /metrics` takes JSON records and Prometheus text without a grouping key.
            * `/metrics/job/...` is the protocol of Prometheus Pushgateway: PUT replaces a group, POST replaces metric families in it, DELETE removes it.
            * `/api/v1/groups` does the same to many groups.

            **202** means that the push is durably queued. Bodies may be compressed with `Content-Encoding: gzip`, `snappy` (framed) or `br`.
            Each code of a refusal is explained in the project's `docs/errors.md`.
            """,
    };

    public void Apply(OpenApiDocument swaggerDoc, DocumentFilterContext context)
    {
        AddSecurity(swaggerDoc);
        swaggerDoc.Tags = new HashSet<OpenApiTag>
        {
            new() { Name = "Push", Description = "JSON records and Prometheus text, without a grouping key." },
            new() { Name = "Pushgateway", Description = "Groups, as clients of Prometheus Pushgateway push them." },
            new() { Name = "Groups", Description = "Many groups at once, which a Pushgateway does not have." },
            new() { Name = "Scrape", Description = "What is held, for Prometheus to scrape." },
            new() { Name = "Health", Description = "Health in Prometheus' form." },
        };
    }

    private static void AddSecurity(OpenApiDocument document)
    {
        document.AddComponent<IOpenApiSecurityScheme>("basic", new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "basic",
            Description = "The name of a credential and its secret. Only where credentials are configured.",
        });
        document.AddComponent<IOpenApiSecurityScheme>("bearer", new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "<name>.<secret>",
            Description = "The same as one token, `<name>.<secret>`.",
        });
        foreach (var (path, item) in document.Paths)
        {
            foreach (var operation in item.Operations!.Values)
            {
                // The last, empty requirement: a gateway without credentials asks for none.
                operation.Security = path.StartsWith("/-/", StringComparison.Ordinal)
                    ? null
                    : [Requirement("basic", document), Requirement("bearer", document), []];
            }
        }
    }

    private static OpenApiSecurityRequirement Requirement(string scheme, OpenApiDocument document) =>
        new() { [new OpenApiSecuritySchemeReference(scheme, document)] = [] };
}
