using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using PushGateway.Push;

namespace PushGateway.Api.Push;

/// <summary>RFC 9457 problem details of a refused push.</summary>
internal sealed class PushProblem : ProblemDetails
{
    private const string TypeBase = "urn:pushgateway:error:";

    /// <summary>A stable code of <see cref="RejectCode"/>.</summary>
    [JsonPropertyName("code")]
    public required string Code { get; init; }

    /// <summary>Every error found; a JSON body can have many.</summary>
    [JsonPropertyName("errors")]
    public required IReadOnlyList<PushProblemError> Errors { get; init; }

    public static ProblemHttpResult From(PushRefusal refusal) => TypedResults.Problem(new PushProblem
    {
        Type = TypeBase + refusal.First.Code,
        Title = "The push was refused.",
        Status = refusal.StatusCode,
        Detail = refusal.First.Detail,
        Code = refusal.First.Code,
        Errors = [.. refusal.Errors.Select(PushProblemError.From)],
    });
}
