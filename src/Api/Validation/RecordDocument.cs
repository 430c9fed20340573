using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using PushGateway.Formats.Json;
using PushGateway.Formats.Prometheus;
using PushGateway.Push;

namespace PushGateway.Api.Validation;

/// <summary>A record as it was written, right or wrong: all members in their order, with duplicates and raw text.</summary>
internal sealed class RecordDocument
{
    private readonly List<RecordMember> _members = [];

    /// <summary>Takes a record apart.</summary>
    /// <param name="element">The record.</param>
    /// <param name="pointer">JSON pointer to the record.</param>
    /// <param name="context">Limits and time of receipt.</param>
    /// <param name="groups">The groups that the records of the body name; null when they do not name any.</param>
    /// <param name="repeated">Names of the metrics whose series an earlier record has.</param>
    public RecordDocument(JsonElement element, string pointer, in ParseContext context, NamedGroups? groups, IEnumerable<byte[]> repeated)
    {
        (Context, ToGroups) = (context, groups is not null);
        var record = Add(new RecordMember(this, pointer, name: null, element) { Parts = RecordPart.Record });
        if (element.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        AddMembers(record, RecordPart.Key);
        var keys = _members[1..];
        if (Find(RecordPart.Timestamp) is { } timestamp)
        {
            timestamp.Parts |= RecordPart.Timestamp;
        }

        AddMap(RecordPart.Dimensions, RecordPart.DimensionName | RecordPart.Dimension, NameAlphabet.Label);
        AddMap(RecordPart.Metrics, RecordPart.MetricName | RecordPart.Metric, NameAlphabet.Metric);
        if (groups is not null)
        {
            AddMap(RecordPart.Group, RecordPart.GroupLabelName | RecordPart.GroupLabel);
            record.Parts |= RecordPart.Series;
            record.Count = CountLabels(groups.Pinned);
            _members.AddRange(repeated.Select(name =>
                new RecordMember(this, pointer, "metrics"u8.ToArray(), element) { Parts = RecordPart.Series, LegalName = name, Repeats = true }));
        }

        RecordMember? Find(RecordPart part) => keys.Find(key => RecordRules.PartOf(key.Name) == part);

        void AddMap(RecordPart part, RecordPart members, NameAlphabet? alphabet = null)
        {
            var map = Find(part) ?? Add(new RecordMember(this, pointer, name: null, value: default));
            map.Parts |= part;
            AddMembers(map, members, alphabet);
        }
    }

    /// <summary>Limits and time of receipt.</summary>
    public ParseContext Context { get; }

    /// <summary>Whether the record must name its group.</summary>
    public bool ToGroups { get; }

    /// <summary>The record itself, its members, their members, and what is missing.</summary>
    public IReadOnlyList<RecordMember> Members => _members;

    private RecordMember Add(RecordMember member)
    {
        _members.Add(member);
        return member;
    }

    private void AddMembers(RecordMember map, RecordPart parts, NameAlphabet? alphabet = null)
    {
        if (map.Value.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        var pointer = map.Item.Pointer;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in map.Value.EnumerateObject())
        {
            var name = Decode(() => property.Name);
            var legalName = name is null ? null : MakeLegal(name, alphabet);
            Add(new RecordMember(this, pointer, name, property.Value)
            {
                Parts = parts,
                LegalName = legalName,
                Repeats = legalName is not null && !seen.Add(Encoding.UTF8.GetString(legalName)),
                Text = ReadText(property.Value),
            });
            map.Count++;
            map.HasJob |= "job"u8.SequenceEqual(name);
        }
    }

    // A label with an empty value does not count. A label of the group overwrites the dimension of the same name, and a pinned one both.
    private int CountLabels(ImmutableArray<KeyValuePair<string, string>> pinned) => _members
        .Where(member => (member.Parts & (RecordPart.Dimension | RecordPart.GroupLabel)) != 0 && member is { LegalName: not null, Text.Length: > 0 })
        .Select(member => Encoding.UTF8.GetString(member.LegalName!))
        .Concat(pinned.Select(label => label.Key))
        .Distinct(StringComparer.Ordinal)
        .Count();

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
