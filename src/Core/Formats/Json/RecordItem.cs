using System.Text.Json;
using PushGateway.Push;

namespace PushGateway.Formats.Json;

/// <summary>What a rule judges: a value in a record, and the name that it has there, both as they were written.</summary>
public ref struct RecordItem
{
    /// <summary>Limits and time of receipt.</summary>
    public ParseContext Context { get; set; }

    /// <summary>Whether the record must name its group.</summary>
    public bool ToGroups { get; set; }

    /// <summary>JSON pointer to the object that holds the item; to the item itself when it has no name.</summary>
    public string Parent { get; set; }

    /// <summary>Whether the item has a name that is Unicode text.</summary>
    public bool HasName { get; set; }

    /// <summary>The name in UTF-8, without escapes.</summary>
    public ReadOnlySpan<byte> Name { get; set; }

    /// <summary>The name in its legal form in UTF-8. Of a series: the name of its metric.</summary>
    public ReadOnlySpan<byte> LegalName { get; set; }

    /// <summary>Whether an earlier item has the same name, or the same legal name. Of a series: whether an earlier record has it.</summary>
    public bool Repeats { get; set; }

    /// <summary>The kind of the value; <see cref="JsonValueKind.Undefined"/> when the item is missing.</summary>
    public JsonValueKind Kind { get; set; }

    /// <summary>Whether the value is a number, or a string that is Unicode text.</summary>
    public bool HasText { get; set; }

    /// <summary>The text of a number, or the content of a string without escapes, in UTF-8.</summary>
    public ReadOnlySpan<byte> Text { get; set; }

    /// <summary>What <see cref="MetricNumber.Parse"/> found in the text. Set for metrics only.</summary>
    public MetricNumberStatus Number { get; set; }

    /// <summary>The value of a timestamp that is a 64-bit integer.</summary>
    public long? Integer { get; set; }

    /// <summary>Number of members of an object. Of series: number of labels without the metric's name.</summary>
    public int Count { get; set; }

    /// <summary>Whether a member has the name <c>job</c>.</summary>
    public bool HasJob { get; set; }

    /// <summary>JSON pointer to the item; to the object that holds it when the name is not Unicode text.</summary>
    public readonly string Pointer => HasName ? JsonPointer.Append(Parent, Name) : Parent;

    /// <summary>Whether the value is a string that is not Unicode text.</summary>
    public readonly bool IsBroken => Kind == JsonValueKind.String && !HasText;
}
