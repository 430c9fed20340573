using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using PushGateway.Formats.Json;
using PushGateway.Formats.Prometheus;
using PushGateway.Push;

namespace PushGateway.Api.Validation;

/// <summary>
/// A record as it was written, right or wrong: every member in order, duplicates and raw text kept. What is not an object has no members.
/// </summary>
internal sealed class RecordDocument
{
    /// <summary>Takes a record apart.</summary>
    /// <param name="element">The record.</param>
    /// <param name="pointer">JSON pointer to the record.</param>
    /// <param name="context">Limits and time of receipt.</param>
    /// <param name="toGroups">Whether the record has to name its group.</param>
    public RecordDocument(JsonElement element, string pointer, in ParseContext context, bool toGroups)
    {
        Element = element;
        Pointer = pointer;
        Context = context;
        ToGroups = toGroups;
        Keys = ReadMembers(element, pointer, alphabet: null);
        DimensionsKey = Find("dimensions"u8);
        MetricsKey = Find("metrics"u8);
        TimestampKey = Find("timestamp"u8);
        GroupKey = toGroups ? Find("group"u8) : null;
        Dimensions = ReadMembers(DimensionsKey, NameAlphabet.Label);
        Metrics = ReadMembers(MetricsKey, NameAlphabet.Metric);
        Group = ReadMembers(GroupKey, alphabet: null);
    }

    /// <summary>The record itself.</summary>
    public JsonElement Element { get; }

    /// <summary>JSON pointer to the record.</summary>
    public string Pointer { get; }

    /// <summary>Limits and time of receipt.</summary>
    public ParseContext Context { get; }

    /// <summary>Whether the record has to name its group.</summary>
    public bool ToGroups { get; }

    /// <summary>The record's own members.</summary>
    public IReadOnlyList<RecordMember> Keys { get; }

    /// <summary>The first member <c>dimensions</c>.</summary>
    public RecordMember? DimensionsKey { get; }

    /// <summary>The first member <c>metrics</c>.</summary>
    public RecordMember? MetricsKey { get; }

    /// <summary>The first member <c>timestamp</c>.</summary>
    public RecordMember? TimestampKey { get; }

    /// <summary>The first member <c>group</c>, where a record has one.</summary>
    public RecordMember? GroupKey { get; }

    /// <summary>The members of <see cref="DimensionsKey"/>.</summary>
    public IReadOnlyList<RecordMember> Dimensions { get; }

    /// <summary>The members of <see cref="MetricsKey"/>.</summary>
    public IReadOnlyList<RecordMember> Metrics { get; }

    /// <summary>The members of <see cref="GroupKey"/>.</summary>
    public IReadOnlyList<RecordMember> Group { get; }

    /// <summary>
    /// The labels that the series of a record of a group will have: the dimensions, and in place of those of the same names, the group's.
    /// Names and values that are not Unicode text are left out.
    /// </summary>
    public SortedDictionary<string, string> SeriesLabels()
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in (RecordMember[])[.. Dimensions, .. Group])
        {
            if (member is { LegalName: { } name, Text: { Length: > 0 } text })
            {
                labels[Encoding.UTF8.GetString(name)] = Encoding.UTF8.GetString(text);
            }
        }

        return labels;
    }

    private RecordMember? Find(ReadOnlySpan<byte> name)
    {
        foreach (var key in Keys)
        {
            if (name.SequenceEqual(key.Name))
            {
                return key;
            }
        }

        return null;
    }

    private static List<RecordMember> ReadMembers(RecordMember? owner, NameAlphabet? alphabet) =>
        owner is null ? [] : ReadMembers(owner.Value, owner.Pointer, alphabet);

    private static List<RecordMember> ReadMembers(JsonElement owner, string pointer, NameAlphabet? alphabet)
    {
        var members = new List<RecordMember>();
        if (owner.ValueKind != JsonValueKind.Object)
        {
            return members;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in owner.EnumerateObject())
        {
            var name = Decode(() => property.Name);
            var legalName = name is null ? null : MakeLegal(name, alphabet);
            members.Add(new RecordMember(
                name is null ? pointer : JsonPointer.Append(pointer, name),
                name,
                legalName,
                legalName is not null && !seen.Add(Encoding.UTF8.GetString(legalName)),
                property.Value,
                ReadText(property.Value)));
        }

        return members;
    }

    private static byte[] MakeLegal(byte[] name, NameAlphabet? alphabet)
    {
        if (alphabet is null)
        {
            return name;
        }

        var legal = new byte[NameAlphabet.GetLegalLength(name)];
        alphabet.MakeLegal(name, legal);
        return legal;
    }

    private static byte[]? ReadText(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Decode(() => value.GetString()!),
        JsonValueKind.Number => JsonMarshal.GetRawUtf8Value(value).ToArray(),
        _ => null,
    };

    private static byte[]? Decode(Func<string> read)
    {
        try
        {
            return Encoding.UTF8.GetBytes(read());
        }
        catch (InvalidOperationException)
        {
            // Invalid UTF-8, or an escaped surrogate without its other half.
            return null;
        }
    }
}
