using Microsoft.OpenApi;
using PushGateway.Api.OpenApi;
using PushGateway.Api.Push;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace PushGateway.Api.Tests.OpenApi;

/// <summary>What the types cannot say of themselves.</summary>
internal sealed class SchemaFilter : ISchemaFilter
{
    public void Apply(IOpenApiSchema schema, SchemaFilterContext context)
    {
        if (schema is not OpenApiSchema { Properties: { } properties } target)
        {
            return;
        }

        if (context.Type == typeof(PushRecord))
        {
            DescribeRecord(target, properties);
        }
        else if (context.Type == typeof(GroupRecord))
        {
            DescribeGroupRecord(target, properties);
        }
        else if (context.Type == typeof(PushProblem))
        {
            DescribeProblem(target, properties);
        }
        else if (context.Type == typeof(PushProblemError))
        {
            DescribeError(target, properties);
        }
    }

    private static void DescribeRecord(OpenApiSchema schema, IDictionary<string, IOpenApiSchema> properties)
    {
        schema.Description = "Measurements of one moment that share their dimensions.";
        schema.AdditionalPropertiesAllowed = false;
        schema.Required = new SortedSet<string>(StringComparer.Ordinal) { "dimensions", "metrics" };
        properties["dimensions"] = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "Names and values of dimensions, which become labels. Characters that are not legal in Prometheus become underscores.",
            MinProperties = 1,
            AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.String },
        };
        properties["metrics"] = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "Names and values of metrics. A string keeps a decimal point that a JSON writer might drop: "
                + "\"12.0\" is a float, 12 an integer.",
            MinProperties = 1,
            AdditionalProperties = new OpenApiSchema
            {
                OneOf =
                [
                    new OpenApiSchema { Type = JsonSchemaType.Number },
                    new OpenApiSchema { Type = JsonSchemaType.String, Description = "A number." },
                ],
            },
        };
        properties["timestamp"] = new OpenApiSchema
        {
            Type = JsonSchemaType.Integer,
            Format = "int64",
            Description = "Milliseconds since the Unix epoch. Without one, the time of receipt.",
        };
    }

    private static void DescribeGroupRecord(OpenApiSchema schema, IDictionary<string, IOpenApiSchema> properties)
    {
        DescribeRecord(schema, properties);
        schema.Description = "Metrics of a group that share their dimensions.";
        schema.Required = new SortedSet<string>(StringComparer.Ordinal) { "group", "metrics" };
        properties["group"] = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "Names and values of the group's labels, none of them empty. They overwrite dimensions of the same names.",
            Properties = new Dictionary<string, IOpenApiSchema> { ["job"] = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1 } },
            Required = new SortedSet<string>(StringComparer.Ordinal) { "job" },
            AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1 },
        };
        ((OpenApiSchema)properties["timestamp"]).Description = "Milliseconds since the Unix epoch; refused unless `PUSHGATEWAY_ALLOW_TIMESTAMPS` is true.";
    }

    private static void DescribeProblem(OpenApiSchema schema, IDictionary<string, IOpenApiSchema> properties)
    {
        schema.Description = "RFC 9457 problem details of a refused push.";
        schema.Required = new SortedSet<string>(["type", "title", "status", "detail", "code", "errors"], StringComparer.Ordinal);
        properties.Remove("instance");
        foreach (var (name, description) in new[]
        {
            ("type", "urn:pushgateway:error: and the code."),
            ("title", "A sentence for all refusals."),
            ("status", "The HTTP status."),
            ("detail", "What is wrong, of the first error."),
            ("code", "A stable code, of the first error."),
            ("errors", "Every error found, a hundred at most."),
        })
        {
            Require((OpenApiSchema)properties[name], description);
        }
    }

    private static void DescribeError(OpenApiSchema schema, IDictionary<string, IOpenApiSchema> properties)
    {
        schema.Description = "One error.";
        schema.AdditionalPropertiesAllowed = false;
        schema.Required = new SortedSet<string>(["code", "detail"], StringComparer.Ordinal);
        foreach (var (name, description) in new[]
        {
            ("code", "A stable code."),
            ("detail", "What is wrong."),
            ("pointer", "RFC 6901 JSON pointer to the offender, in JSON bodies."),
            ("line", "Line of the offender, counted from 1, in text."),
        })
        {
            Require((OpenApiSchema)properties[name], description);
        }
    }

    // A property is there with a value, or not there: never null.
    private static void Require(OpenApiSchema property, string description)
    {
        property.Type &= ~JsonSchemaType.Null;
        property.Description = description;
    }
}
