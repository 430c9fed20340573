using System.Collections.Immutable;
using System.Globalization;
using PushGateway.Push;

namespace PushGateway.Formats.Json;

/// <summary>The groups that the records of one body name.</summary>
/// <param name="pinned">Labels that every group has in place of its own of the same names; none is empty.</param>
public sealed class NamedGroups(ImmutableArray<KeyValuePair<string, string>> pinned)
{
    /// <summary>Most groups in one push: each is a queue message of its own.</summary>
    public const int MaxGroups = 10_000;

    private readonly List<NamedGroup> _all = [];
    private readonly Dictionary<GroupingKey, NamedGroup> _byKey = [];

    /// <summary>The groups, in the order in which the body names them first.</summary>
    public IReadOnlyList<NamedGroup> All => _all;

    /// <summary>Labels that every group has in place of its own of the same names.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Pinned => pinned;

    /// <summary>Adds a record to its group; false when that would be one group too many.</summary>
    internal bool TryAdd(GroupingKey key, int record, int offset)
    {
        key = key.With(pinned.AsSpan());
        if (!_byKey.TryGetValue(key, out var group))
        {
            if (_all.Count == MaxGroups)
            {
                return false;
            }

            group = new NamedGroup(key);
            _byKey.Add(key, group);
            _all.Add(group);
        }

        group.Add(new RecordPlace { Record = record, Offset = offset });
        return true;
    }

    internal static PushError TooMany() => new(
        RejectCode.PushTooLarge, string.Create(CultureInfo.InvariantCulture, $"the push has more than {MaxGroups} groups"), Pointer: "");
}
