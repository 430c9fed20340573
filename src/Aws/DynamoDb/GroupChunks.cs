using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Amazon.DynamoDBv2.Model;

namespace PushGateway.Aws.DynamoDb;

/// <summary>
/// Where the state of a group is that is larger than an item: in chunks, which are items of their own. A group has two slots for chunks. A
/// write goes to the slot that the group does not use.
/// </summary>
/// <param name="Slot">The slot, 0 or 1.</param>
/// <param name="Count">How many chunks there are.</param>
/// <param name="Version">The version that each of them has. A chunk with another is of another write.</param>
internal readonly record struct GroupChunks(int Slot, int Count, long Version)
{
    /// <summary>Slots of a group.</summary>
    public const int Slots = 2;

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    public static GroupChunks Parse(string text)
    {
        var fields = text.Split('/');
        return fields.Length == 3
            && int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var slot) && slot < Slots
            && int.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && long.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? new GroupChunks(slot, count, version)
            : throw new InvalidDataException("it does not say where its chunks are");
    }

    /// <summary>The key of a chunk. The path of a group has a slash and is never equal to it.</summary>
    public static string KeyOf(string path, int slot, int number) => string.Create(
        CultureInfo.InvariantCulture, $"chunk-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))}-{slot}-{number}");

    /// <summary>A chunk as an item.</summary>
    /// <param name="group">The group.</param>
    /// <param name="number">Which chunk.</param>
    /// <param name="chunkBytes">Bytes of each but the last one.</param>
    public Dictionary<string, AttributeValue> ItemOf(EncodedGroup group, int number, int chunkBytes)
    {
        var start = number * chunkBytes;
        var item = Item(group.Path, Slot, number, Version);
        item.Add(DynamoGroupTable.State, new() { B = new MemoryStream(group.State[start..Math.Min(start + chunkBytes, group.State.Length)]) });
        return item;
    }

    /// <summary>What takes the place of a chunk that is not needed.</summary>
    public static Dictionary<string, AttributeValue> EmptyItem(string path, int slot, int number, long version, DateTimeOffset forgetAt)
    {
        var item = Item(path, slot, number, version);
        item.Add(DynamoGroupTable.ForgetAt, DynamoGroupItem.Number(forgetAt.ToUnixTimeSeconds()));
        return item;
    }

    private static Dictionary<string, AttributeValue> Item(string path, int slot, int number, long version) => new(StringComparer.Ordinal)
    {
        [DynamoGroupTable.Path] = new(KeyOf(path, slot, number)),
        [DynamoGroupTable.Kind] = new(DynamoGroupTable.Chunk),
        [DynamoGroupTable.Schema] = DynamoGroupItem.Number(DynamoGroupTable.CurrentSchema),
        [DynamoGroupTable.Version] = DynamoGroupItem.Number(version),
    };

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Slot}/{Count}/{Version}");
}
