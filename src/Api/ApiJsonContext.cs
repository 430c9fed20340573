using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using PushGateway.Api.Push;

namespace PushGateway.Api;

/// <summary>The problem details that Api writes as JSON, without reflection at run time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PushProblem))]
[JsonSerializable(typeof(ProblemDetails))]
internal sealed partial class ApiJsonContext : JsonSerializerContext;
