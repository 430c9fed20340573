using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Amazon.DynamoDBv2.Model;
using PushGateway.Buffers;
using PushGateway.Formats.Compression;
using PushGateway.Groups;

namespace PushGateway.Aws.DynamoDb;

/// <summary>A group as an item of the table.</summary>
/// <param name="attributes">The item.</param>
internal sealed class DynamoGroupItem(Dictionary<string, AttributeValue> attributes)
{
    // DynamoDB bills a write by the kilobyte, so compressing an item that is smaller saves nothing.
    private const int CompressAboveBytes = 1024;
    private const int BrotliQuality = 5;
    private const int BrotliWindow = 22;

    // DynamoDB counts a number as half a byte per digit, plus one byte. This is enough for every number here.
    private const int BytesOfNumber = 21;

    private const long NanosecondsPerMillisecond = 1_000_000;

    /// <summary>The item as DynamoDB's client takes it.</summary>
    public Dictionary<string, AttributeValue> Attributes => attributes;

    /// <summary>The path of the grouping key.</summary>
    public string Path => attributes[DynamoGroupTable.Path].S;

    /// <summary>Changes with every write.</summary>
    /// <exception cref="InvalidDataException">The item has none.</exception>
    public long Version => NumberOf(DynamoGroupTable.Version) ?? throw new InvalidDataException("it has no version");

    /// <summary>Size of the item in bytes as DynamoDB counts it, or a few bytes more.</summary>
    public long Size => attributes.Sum(static attribute => attribute.Key.Length
        + (attribute.Value switch
        {
            { B: { } binary } => binary.Length,
            { S: { } text } => Encoding.UTF8.GetByteCount(text),
            _ => BytesOfNumber,
        }));

    /// <summary>Writes a group.</summary>
    /// <param name="group">The group.</param>
    /// <param name="version">Its version.</param>
    /// <param name="retention">How long a deleted group is remembered.</param>
    public static DynamoGroupItem From(GroupRow group, long version, TimeSpan retention)
    {
        using var row = new PooledBuffer();
        group.WriteRow(row);
        var (state, isCompressed) = Compress(row.Written.Span);
        var item = new Dictionary<string, AttributeValue>(StringComparer.Ordinal)
        {
            [DynamoGroupTable.Path] = new(group.Path),
            [DynamoGroupTable.State] = new() { B = new MemoryStream(state) },
            [DynamoGroupTable.Schema] = Number(DynamoGroupTable.CurrentSchema),
            [DynamoGroupTable.Version] = Number(version),
        };
        if (isCompressed)
        {
            item.Add(DynamoGroupTable.Encoding, new(DynamoGroupTable.Brotli));
        }

        if (group.ExpiresAtNs is { } expiresAtNs)
        {
            item.Add(DynamoGroupTable.ExpiresAt, Number(expiresAtNs / NanosecondsPerMillisecond));
            item.Add(DynamoGroupTable.ExpiryShard, Number(ShardOf(group.Path)));
        }

        if (group.TombstoneOfNs is { } deletedAtNs)
        {
            var forgetAt = DateTimeOffset.FromUnixTimeMilliseconds(deletedAtNs / NanosecondsPerMillisecond) + retention;
            item.Add(DynamoGroupTable.ForgetAt, Number(forgetAt.ToUnixTimeSeconds() + 1));
        }

        return new DynamoGroupItem(item);
    }

    /// <summary>A number as DynamoDB's client takes it.</summary>
    public static AttributeValue Number(long number) => new() { N = number.ToString(CultureInfo.InvariantCulture) };

    /// <summary>Reads the group.</summary>
    /// <exception cref="InvalidDataException">This release cannot read the state.</exception>
    public GroupRow Read()
    {
        if (NumberOf(DynamoGroupTable.Schema) is > DynamoGroupTable.CurrentSchema and var schema)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"it has schema {schema}, which is of a newer release"));
        }

        var state = attributes.GetValueOrDefault(DynamoGroupTable.State)?.B?.ToArray() ?? [];
        if (attributes.GetValueOrDefault(DynamoGroupTable.Encoding)?.S is not { } encoding)
        {
            return GroupRow.ReadRow(state);
        }

        using var row = new PooledBuffer();
        return Decompressor.Decompress(encoding, state, row, int.MaxValue) is { } error
            ? throw new InvalidDataException(error.Detail)
            : GroupRow.ReadRow(row.Written.Span);
    }

    private long? NumberOf(string name) =>
        long.TryParse(attributes.GetValueOrDefault(name)?.N, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static (byte[] State, bool IsCompressed) Compress(ReadOnlySpan<byte> row)
    {
        if (row.Length <= CompressAboveBytes)
        {
            return (row.ToArray(), false);
        }

        using var compressed = new PooledBuffer();
        var room = compressed.GetSpan(BrotliEncoder.GetMaxCompressedLength(row.Length));
        return BrotliEncoder.TryCompress(row, room, out var length, BrotliQuality, BrotliWindow) && length < row.Length
            ? (room[..length].ToArray(), true)
            : (row.ToArray(), false);
    }

    private static int ShardOf(string path) => SHA256.HashData(Encoding.UTF8.GetBytes(path))[0] % DynamoGroupTable.ExpiryShards;
}
