using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using PushGateway.Testing;
using Swashbuckle.AspNetCore.Swagger;

namespace PushGateway.Api.Tests.OpenApi;

/// <summary>The API's description, generated from its endpoints: here, because generating takes reflection, which Native AOT does not have.</summary>
internal static class OpenApiJson
{
    private const string DocumentName = "v1";

    /// <summary>The committed document, which the gateway serves.</summary>
    public static string CommittedPath { get; } = RepositoryRoot.Combine("openapi.json");

    /// <summary>Generates the document; the same bytes on every machine.</summary>
    public static async Task<string> GenerateAsync(CancellationToken cancellationToken)
    {
        await using var gateway = new GatewayFactory
        {
            ReplaceServices = services => services
                .AddEndpointsApiExplorer()
                .AddSwaggerGen(options =>
                {
                    options.SwaggerDoc(DocumentName, DocumentFilter.Info);
                    options.SchemaFilter<SchemaFilter>();
                    options.OperationFilter<OperationFilter>();
                    options.DocumentFilter<DocumentFilter>();
                }),
        };

        // What is there on request only is described, too.
        gateway.Settings["PUSHGATEWAY_ENABLE_ADMIN_API"] = "true";
        var document = gateway.Services.GetRequiredService<ISwaggerProvider>().GetSwagger(DocumentName);
        var json = await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_0, cancellationToken);
        return json.ReplaceLineEndings("\n").TrimEnd() + "\n";
    }
}
