using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Amazon.DynamoDBv2.Model;

namespace PushGateway.Aws.DynamoDb;

/// <summary>The item of a group: with its state, or with the place of the chunks that its state is cut into.</summary>
/// <param name="attributes">The item.</param>
internal sealed class DynamoGroupItem(Dictionary<string, AttributeValue> attributes)
{
    // DynamoDB counts a number as half a byte per digit, plus one byte. This is enough for every number here, and leaves room for Begin.
    private const int BytesOfNumber = 21;

    private const long NanosecondsPerMillisecond = 1_000_000;

    /// <summary>The item as DynamoDB's client takes it.</summary>
    public Dictionary<string, AttributeValue> Attributes => attributes;

    /// <summary>The path of the grouping key.</summary>
    public string Path => attributes[DynamoGroupTable.Path].S;

    /// <summary>Changes with every write.</summary>
    /// <exception cref="InvalidDataException">The item has none.</exception>
    public long Version => NumberOf(DynamoGroupTable.Version) ?? throw new InvalidDataException("it has no version");

    /// <summary>Where the state is; null when it is in the item.</summary>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public GroupChunks? Chunks =>
        attributes.GetValueOrDefault(DynamoGroupTable.Chunks)?.S is { } text ? GroupChunks.Parse(text) : null;

    /// <summary>Whether a write is filling a slot, or was filling one when its worker died.</summary>
    public bool IsBeingWritten => attributes.ContainsKey(DynamoGroupTable.Writing);

    /// <summary>Whether there may be chunks of the group.</summary>
    public bool HasChunks => Used.Exists(static count => count > 0);

    /// <summary>How many chunks there may be in each slot.</summary>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public List<int> Used
    {
        get
        {
            var counts = attributes.GetValueOrDefault(DynamoGroupTable.Used)?.S?.Split(',') ?? ["0", "0"];
            return counts.Length == GroupChunks.Slots
                ? [.. counts.Select(static count => int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    ? number
                    : throw new InvalidDataException("it does not say how many chunks there are"))]
                : throw new InvalidDataException("it does not say how many chunks there are");
        }
    }

    /// <summary>Size of the item in bytes as DynamoDB counts it, or a few bytes more.</summary>
    public long Size => attributes.Sum(static attribute => attribute.Key.Length
        + (attribute.Value switch
        {
            { B: { } binary } => binary.Length,
            { S: { } text } => Encoding.UTF8.GetByteCount(text),
            _ => BytesOfNumber,
        }));

    /// <summary>The state in the item.</summary>
    public EncodedGroup State => StateOf(attributes.GetValueOrDefault(DynamoGroupTable.State)?.B?.ToArray() ?? []);

    /// <summary>An item that holds the whole group.</summary>
    /// <param name="group">The group.</param>
    /// <param name="version">Its version.</param>
    /// <param name="retention">How long a deleted group is remembered.</param>
    public static DynamoGroupItem Whole(EncodedGroup group, long version, TimeSpan retention)
    {
        var item = Describe(group, version, DynamoGroupTable.SchemaOfWholeGroups);
        item.Add(DynamoGroupTable.State, new() { B = new MemoryStream(group.State) });
        if (group.TombstoneOfNs is { } deletedAtNs)
        {
            var forgetAt = DateTimeOffset.FromUnixTimeMilliseconds(deletedAtNs / NanosecondsPerMillisecond) + retention;
            item.Add(DynamoGroupTable.ForgetAt, Number(forgetAt.ToUnixTimeSeconds() + 1));
        }

        return new DynamoGroupItem(item);
    }

    /// <summary>An item that says where the chunks of its group are.</summary>
    /// <param name="group">The group.</param>
    /// <param name="version">Its version.</param>
    /// <param name="chunks">Where they are.</param>
    /// <param name="used">How many chunks there may be in each slot.</param>
    public static DynamoGroupItem Cut(EncodedGroup group, long version, GroupChunks chunks, IEnumerable<int> used)
    {
        var item = Describe(group, version, DynamoGroupTable.CurrentSchema);
        item.Add(DynamoGroupTable.Chunks, new(chunks.ToString()));
        return new DynamoGroupItem(item).WithUsed(used);
    }

    /// <summary>A number as DynamoDB's client takes it.</summary>
    public static AttributeValue Number(long number) => new() { N = number.ToString(CultureInfo.InvariantCulture) };

    /// <summary>The next version of the item. The group is still the same, and a write is about to fill a slot.</summary>
    /// <param name="chunks">What the write fills it with.</param>
    public DynamoGroupItem Begin(GroupChunks chunks)
    {
        var used = Used;
        used[chunks.Slot] = Math.Max(used[chunks.Slot], chunks.Count);
        var begun = Next().Beside(used);
        begun.Attributes[DynamoGroupTable.Writing] = Number(chunks.Slot);
        return begun;
    }

    /// <summary>The same item with the next version.</summary>
    public DynamoGroupItem Next() =>
        new(new(attributes, StringComparer.Ordinal) { [DynamoGroupTable.Version] = Number(Version + 1) });

    /// <summary>The same item as long as there may be chunks that nothing refers to any more. It must not be forgotten before they are.</summary>
    /// <param name="used">How many there may be in each slot.</param>
    public DynamoGroupItem Beside(IEnumerable<int> used)
    {
        var item = new Dictionary<string, AttributeValue>(attributes, StringComparer.Ordinal);
        item.Remove(DynamoGroupTable.ForgetAt);
        return new DynamoGroupItem(item).WithUsed(used);
    }

    /// <summary>Checks that this release knows the form of the item.</summary>
    /// <exception cref="InvalidDataException">It does not.</exception>
    public void CheckSchema()
    {
        if (NumberOf(DynamoGroupTable.Schema) is > DynamoGroupTable.CurrentSchema and var schema)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"it has schema {schema}, which is of a newer release"));
        }
    }

    /// <summary>The group, given its state.</summary>
    public EncodedGroup StateOf(byte[] state) => new(Path, state, attributes.GetValueOrDefault(DynamoGroupTable.Encoding)?.S);

    private static Dictionary<string, AttributeValue> Describe(EncodedGroup group, long version, int schema)
    {
        var item = new Dictionary<string, AttributeValue>(StringComparer.Ordinal)
        {
            [DynamoGroupTable.Path] = new(group.Path),
            [DynamoGroupTable.Schema] = Number(schema),
            [DynamoGroupTable.Version] = Number(version),
        };
        if (group.Encoding is { } encoding)
        {
            item.Add(DynamoGroupTable.Encoding, new(encoding));
        }

        if (group.ExpiresAtNs is { } expiresAtNs)
        {
            item.Add(DynamoGroupTable.ExpiresAt, Number(expiresAtNs / NanosecondsPerMillisecond));
            item.Add(DynamoGroupTable.ExpiryShard, Number(ShardOf(group.Path)));
        }

        return item;
    }

    // An older release must not overwrite what it does not know.
    private DynamoGroupItem WithUsed(IEnumerable<int> used)
    {
        attributes[DynamoGroupTable.Schema] = Number(DynamoGroupTable.CurrentSchema);
        attributes[DynamoGroupTable.Used] = new(string.Join(',', used.Select(static count => count.ToString(CultureInfo.InvariantCulture))));
        return this;
    }

    private long? NumberOf(string name) =>
        long.TryParse(attributes.GetValueOrDefault(name)?.N, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static int ShardOf(string path) => SHA256.HashData(Encoding.UTF8.GetBytes(path))[0] % DynamoGroupTable.ExpiryShards;
}
