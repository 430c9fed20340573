using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using PushGateway.Api.OpenApi;
using PushGateway.Api.Push;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace PushGateway.Api.Tests.OpenApi;

/// <summary>What the endpoints' metadata cannot say: bodies of several formats, the rest of a path, response headers.</summary>
internal sealed class OperationFilter : IOperationFilter
{
    private const string PlainText = "text/plain";
    private const string ProblemJson = "application/problem+json";
    private const string Groups = "/api/v1/groups";
    private const string Ready = "/-/ready";
    private const string Wipe = "/api/v1/admin/wipe";

    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var path = "/" + context.ApiDescription.RelativePath;
        var method = context.ApiDescription.HttpMethod;
        operation.Parameters = ParametersOf(path, method!);
        operation.RequestBody = (path, method) switch
        {
            ("/metrics", "POST") => PushBody(context),
            (Groups, "PUT" or "POST") => GroupsBody(context),
            (Wipe, _) => null,
            (_, "PUT" or "POST") => GroupBody(),
            _ => null,
        };
        var responses = (operation.Responses ?? []).OrderBy(response => response.Key, StringComparer.Ordinal).ToList();
        operation.Responses = [];
        foreach (var (status, response) in responses)
        {
            Describe(status, (OpenApiResponse)response, path, method!);
            operation.Responses.Add(status, response);
        }
    }

    private static List<IOpenApiParameter>? ParametersOf(string path, string method)
    {
        var parameters = new List<IOpenApiParameter>();
        if (path.StartsWith("/metrics/job", StringComparison.Ordinal))
        {
            parameters.Add(GroupParameter(path.StartsWith("/metrics/job@base64/", StringComparison.Ordinal)));
        }

        if (path == Groups && method == "DELETE")
        {
            parameters.Add(MatchParameter());
        }
        else if (method is "PUT" or "POST" && path is not ("/metrics" or Wipe))
        {
            parameters.Add(TimeToLiveParameter());
        }

        return parameters.Count == 0 ? null : parameters;
    }

    private static OpenApiParameter TimeToLiveParameter() => new()
    {
        Name = TimeToLiveHeader.Name,
        In = ParameterLocation.Header,
        Description = "How long a group is kept after this push, as Prometheus writes durations. Without one, as long as `PUSHGATEWAY_GROUP_TTL` says, "
            + "or until it is deleted.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        Example = "15m",
    };

    private static OpenApiParameter MatchParameter() => new()
    {
        Name = "match",
        In = ParameterLocation.Query,
        Required = true,
        Description = "A selector of groups; several are a union. `match[]` is the same.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String }, MinItems = 1 },
        Example = new JsonArray(Examples.Selector),
    };

    private static OpenApiParameter GroupParameter(bool isBase64) => new()
    {
        Name = "group",
        In = ParameterLocation.Path,
        Required = true,
        Description = (isBase64 ? "The job in URL-safe base64" : "The job")
            + ", then pairs of a label's name and its value, all separated by slashes. "
            + "A label whose name ends in `@base64` has its value in URL-safe base64, which is the way to write a value that holds a slash, "
            + "or an empty one (`=`). Slashes may be sent as `%2F`.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1 },
        Example = isBase64 ? Examples.GroupBase64 : Examples.Group,
    };

    private static OpenApiRequestBody PushBody(OperationFilterContext context)
    {
        var record = context.SchemaGenerator.GenerateSchema(typeof(PushRecord), context.SchemaRepository);
        return new OpenApiRequestBody
        {
            Required = true,
            Description = "JSON records or Prometheus text.",
            Content = new Dictionary<string, IOpenApiMediaType>
            {
                ["application/json"] = new OpenApiMediaType
                {
                    Schema = new OpenApiSchema
                    {
                        OneOf = [record, new OpenApiSchema { Type = JsonSchemaType.Array, Items = record, MinItems = 1 }],
                    },
                    Examples = new Dictionary<string, IOpenApiExample>
                    {
                        ["record"] = Example("One record", JsonNode.Parse(Examples.Record)),
                        ["array"] = Example("An array of records", JsonNode.Parse(Examples.Array)),
                    },
                },
                ["application/x-ndjson"] = Text("A record on each line.", ("lines", "Two records", Examples.Lines)),
                [PlainText] = Text(
                    "Prometheus text format 0.0.4; timestamps are optional.",
                    ("gauge", "A gauge", Examples.Text),
                    ("histogram", "A histogram", Examples.Histogram)),
            },
        };
    }

    private static OpenApiRequestBody GroupsBody(OperationFilterContext context)
    {
        var record = context.SchemaGenerator.GenerateSchema(typeof(GroupRecord), context.SchemaRepository);
        return new OpenApiRequestBody
        {
            Required = true,
            Description = "JSON records that name their groups.",
            Content = new Dictionary<string, IOpenApiMediaType>
            {
                ["application/json"] = new OpenApiMediaType
                {
                    Schema = new OpenApiSchema
                    {
                        OneOf = [record, new OpenApiSchema { Type = JsonSchemaType.Array, Items = record, MinItems = 1 }],
                    },
                    Examples = new Dictionary<string, IOpenApiExample>
                    {
                        ["array"] = Example("Two groups", JsonNode.Parse(Examples.GroupRecords)),
                    },
                },
                ["application/x-ndjson"] = Text("A record on each line.", ("lines", "Two groups", Examples.GroupLines)),
            },
        };
    }

    private static OpenApiRequestBody GroupBody() => new()
    {
        Description = "Prometheus text format 0.0.4 without timestamps, whatever Content-Type says. An empty body is a group without metrics.",
        Content = new Dictionary<string, IOpenApiMediaType>
        {
            [PlainText] = Text(
                "Prometheus text format 0.0.4.",
                ("gauge", "A gauge", Examples.Text),
                ("histogram", "A histogram", Examples.Histogram)),
        },
    };

    private static void Describe(string status, OpenApiResponse response, string path, string method)
    {
        response.Description = status switch
        {
            "200" when path == "/metrics" => "Prometheus text format 0.0.4.",
            "202" => "Durably queued.",
            "400" => "Refused: sending the same again is of no use.",
            "401" => "Credentials are configured, and the request has no valid one.",
            "403" => "The credential is pinned to labels.",
            "413" => path == "/metrics" ? "Refused: the body, or what it decompresses to, is too large." : "Refused: the body or the group is too large.",
            "415" => "Refused: the media type or the content encoding is not supported.",
            "429" => "Refused: there are as many groups as are allowed.",
            "503" => method == "GET" && path != Ready
                ? "The groups or the credentials cannot be read now."
                : "The queue cannot be written, or the credentials cannot be read now.",
            _ => response.Description,
        };
        if (status == "503" && path != Ready)
        {
            response.Headers = new Dictionary<string, IOpenApiHeader>
            {
                ["Retry-After"] = new OpenApiHeader
                {
                    Description = "Seconds after which to try again.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.Integer },
                },
            };
        }

        if (status == "401")
        {
            response.Headers = new Dictionary<string, IOpenApiHeader>
            {
                ["WWW-Authenticate"] = new OpenApiHeader
                {
                    Description = "The schemes that are understood.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                },
            };
        }

        foreach (var (type, content) in response.Content ?? new Dictionary<string, IOpenApiMediaType>())
        {
            ((OpenApiMediaType)content).Example = (status, type) switch
            {
                ("400", ProblemJson) => path == "/metrics" ? JsonNode.Parse(Examples.Problem) : null,
                ("400", PlainText) => Examples.TextError,
                ("200", PlainText) => path == "/metrics" ? Examples.Text : "OK",
                _ => null,
            };
        }
    }

    private static OpenApiMediaType Text(string description, params (string Name, string Summary, string Value)[] examples) => new()
    {
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, Description = description },
        Examples = examples.ToDictionary(example => example.Name, example => (IOpenApiExample)Example(example.Summary, example.Value)),
    };

    private static OpenApiExample Example(string summary, JsonNode? value) => new() { Summary = summary, Value = value };
}
