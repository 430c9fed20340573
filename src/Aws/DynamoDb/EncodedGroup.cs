using System.IO.Compression;
using PushGateway.Buffers;
using PushGateway.Formats.Compression;
using PushGateway.Groups;

namespace PushGateway.Aws.DynamoDb;

/// <summary>The state of a group as the table keeps it, in one item or cut.</summary>
/// <param name="Path">The path of the grouping key.</param>
/// <param name="State">The row, compressed or not.</param>
/// <param name="Encoding">How it is compressed; null when it is not.</param>
internal sealed record EncodedGroup(string Path, byte[] State, string? Encoding)
{
    // DynamoDB bills a write by the kilobyte, so compressing an item that is smaller saves nothing.
    private const int CompressAboveBytes = 1024;
    private const int BrotliQuality = 5;
    private const int BrotliWindow = 22;

    /// <summary>When the group expires, as <see cref="GroupRow.ExpiresAtNs"/> says. Not known of a group that was read.</summary>
    public long? ExpiresAtNs { get; private init; }

    /// <summary>When the group was deleted, as <see cref="GroupRow.TombstoneOfNs"/> says. Not known of a group that was read.</summary>
    public long? TombstoneOfNs { get; private init; }

    /// <summary>Encodes a group.</summary>
    public static EncodedGroup From(GroupRow group)
    {
        using var row = new PooledBuffer();
        group.WriteRow(row);
        var (state, isCompressed) = Compress(row.Written.Span);
        return new EncodedGroup(group.Path, state, isCompressed ? DynamoGroupTable.Brotli : null)
        {
            ExpiresAtNs = group.ExpiresAtNs,
            TombstoneOfNs = group.TombstoneOfNs,
        };
    }

    /// <summary>Decodes the group.</summary>
    /// <exception cref="InvalidDataException">This release cannot read it.</exception>
    public GroupRow Decode()
    {
        if (Encoding is null)
        {
            return GroupRow.ReadRow(State);
        }

        using var row = new PooledBuffer();
        return Decompressor.Decompress(Encoding, State, row, int.MaxValue) is { } error
            ? throw new InvalidDataException(error.Detail)
            : GroupRow.ReadRow(row.Written.Span);
    }

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
}
