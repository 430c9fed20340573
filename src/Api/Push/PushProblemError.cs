using System.Text.Json.Serialization;
using PushGateway.Push;

namespace PushGateway.Api.Push;

/// <summary>One error of a <see cref="PushProblem"/>.</summary>
/// <param name="Code">A stable code of <see cref="RejectCode"/>.</param>
/// <param name="Detail">A sentence.</param>
/// <param name="Pointer">JSON pointer to the offender, in JSON bodies.</param>
/// <param name="Line">Line, counted from 1, in line-oriented bodies.</param>
internal sealed record PushProblemError(
    string Code,
    string Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Pointer,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Line)
{
    public static PushProblemError From(PushError error) =>
        new(error.Code, error.Detail, error.Pointer, error.Line == 0 ? null : error.Line);
}
