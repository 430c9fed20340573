using System.Text.Json;
using PushGateway.Formats.Json;

namespace PushGateway.Api.Validation;

/// <summary>An item of a record that rules judge as <see cref="Item"/>.</summary>
/// <param name="record">The record.</param>
/// <param name="parent">JSON pointer to the object that holds the item; to the item itself when it has no name.</param>
/// <param name="name">The name in UTF-8, without escapes; null when there is none, or when it is not Unicode text.</param>
/// <param name="value">The value as it was written; the default when it is missing.</param>
internal sealed class RecordMember(RecordDocument record, string parent, byte[]? name, JsonElement value)
{
    /// <summary>The parts of a record that the item is. Their rules judge it.</summary>
    public RecordPart Parts { get; set; }

    public byte[]? Name { get; } = name;

    public JsonElement Value { get; } = value;

    public byte[]? LegalName { get; init; } = name;

    public bool Repeats { get; init; }

    /// <summary>The text of a number, or the content of a string without escapes, in UTF-8; null for other values and for invalid text.</summary>
    public byte[]? Text { get; init; }

    public int Count { get; set; }

    public bool HasJob { get; set; }

    public RecordItem Item => new()
    {
        Context = record.Context,
        ToGroups = record.ToGroups,
        Parent = parent,
        HasName = Name is not null,
        Name = Name,
        LegalName = LegalName,
        Repeats = Repeats,
        Kind = Value.ValueKind,
        HasText = Text is not null,
        Text = Text,
        Number = Text is null ? default : MetricNumber.Parse(Text, out _, out _),
        Integer = Value.ValueKind == JsonValueKind.Number && Value.TryGetInt64(out var integer) ? integer : null,
        Count = Count,
        HasJob = HasJob,
    };
}
