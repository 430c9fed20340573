using System.Text.Json;

namespace PushGateway.Api.Validation;

/// <summary>A member of a record, of its dimensions or of its metrics, as it was written.</summary>
/// <param name="Pointer">JSON pointer to the member; to the object that holds it when the name is not Unicode text.</param>
/// <param name="Name">The name in UTF-8, without escapes; null when it is not Unicode text.</param>
/// <param name="LegalName">The name in its legal form in UTF-8; null when it is not Unicode text.</param>
/// <param name="Repeats">A member before it has the same name, or the same legal name.</param>
/// <param name="Value">The value as it was written.</param>
/// <param name="Text">
/// The text of a number, or the content of a string without escapes, in UTF-8; null for other values and when it is not Unicode text.
/// </param>
internal sealed record RecordMember(string Pointer, byte[]? Name, byte[]? LegalName, bool Repeats, JsonElement Value, byte[]? Text)
{
    /// <summary>The name can be judged: it is Unicode text, and not empty.</summary>
    public bool IsNamed => Name is { Length: > 0 };

    /// <summary>The value is a string that is not Unicode text.</summary>
    public bool IsBroken => Value.ValueKind == JsonValueKind.String && Text is null;
}
