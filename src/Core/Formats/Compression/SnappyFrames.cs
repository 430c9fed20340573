using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using PushGateway.Buffers;
using Snappier;

namespace PushGateway.Formats.Compression;

/// <summary>
/// Reads Snappy's framing format (<c>framing_format.txt</c> of google/snappy). It accepts and refuses the same input as Go's reader, which
/// Pushgateway uses. Snappier's own stream accepts more: see <c>docs/decisions/0008</c>.
/// </summary>
internal static class SnappyFrames
{
    private const int HeaderLength = 4;
    private const int ChecksumLength = 4;

    // "an uncompressed chunk must be no longer than 65536 bytes". The same limit holds for the content of a compressed chunk.
    private const int MaxBlockLength = 65536;

    private const byte CompressedData = 0x00;
    private const byte UncompressedData = 0x01;
    private const byte StreamIdentifier = 0xFF;
    private const byte FirstSkippable = 0x80;

    private static ReadOnlySpan<byte> StreamStart => [StreamIdentifier, 6, 0, 0, (byte)'s', (byte)'N', (byte)'a', (byte)'P', (byte)'p', (byte)'Y'];

    /// <summary>Appends the content of all streams in <paramref name="input"/>, chunk by chunk, until it is longer than allowed.</summary>
    /// <returns>
    /// <see cref="OperationStatus.Done"/>; <see cref="OperationStatus.DestinationTooSmall"/> when the content is longer than
    /// <paramref name="maxBytes"/>; <see cref="OperationStatus.NeedMoreData"/> when the input ends inside a chunk; otherwise
    /// <see cref="OperationStatus.InvalidData"/>.
    /// </returns>
    public static OperationStatus Decompress(ReadOnlySpan<byte> input, PooledBuffer destination, int maxBytes)
    {
        if (!input.StartsWith(StreamStart))
        {
            return StreamStart.StartsWith(input) ? OperationStatus.NeedMoreData : OperationStatus.InvalidData;
        }

        while (!input.IsEmpty)
        {
            if (input.Length < HeaderLength)
            {
                return OperationStatus.NeedMoreData;
            }

            var type = input[0];
            var length = (int)(BinaryPrimitives.ReadUInt32LittleEndian(input) >> 8);
            input = input[HeaderLength..];
            if (input.Length < length)
            {
                return OperationStatus.NeedMoreData;
            }

            var status = ReadChunk(type, input[..length], destination, maxBytes);
            if (status != OperationStatus.Done)
            {
                return status;
            }

            input = input[length..];
        }

        return OperationStatus.Done;
    }

    private static OperationStatus ReadChunk(byte type, ReadOnlySpan<byte> chunk, PooledBuffer destination, int maxBytes) => type switch
    {
        CompressedData or UncompressedData => chunk.Length < ChecksumLength
            ? OperationStatus.InvalidData
            : ReadBlock(type == CompressedData, chunk, destination, maxBytes),
        StreamIdentifier => chunk.SequenceEqual(StreamStart[HeaderLength..]) ? OperationStatus.Done : OperationStatus.InvalidData,

        // Padding, and chunks that later versions may add. Other reserved types "must not" be skipped.
        >= FirstSkippable => OperationStatus.Done,
        _ => OperationStatus.InvalidData,
    };

    private static OperationStatus ReadBlock(bool isCompressed, ReadOnlySpan<byte> chunk, PooledBuffer destination, int maxBytes)
    {
        var block = chunk[ChecksumLength..];
        try
        {
            var length = isCompressed ? Snappy.GetUncompressedLength(block) : block.Length;
            if (length > MaxBlockLength)
            {
                return OperationStatus.InvalidData;
            }

            if (destination.Written.Length + length > maxBytes)
            {
                return OperationStatus.DestinationTooSmall;
            }

            var content = destination.GetSpan(length)[..length];
            if (!isCompressed)
            {
                block.CopyTo(content);
            }
            else if (Snappy.Decompress(block, content) != length)
            {
                return OperationStatus.InvalidData;
            }

            destination.Advance(length);
            return BinaryPrimitives.ReadUInt32LittleEndian(chunk) == MaskedChecksum(content) ? OperationStatus.Done : OperationStatus.InvalidData;
        }
        catch (InvalidDataException)
        {
            return OperationStatus.InvalidData;
        }
    }

    // CRC-32C, "masked" because the checksum of data that contains its own checksum is weak.
    private static uint MaskedChecksum(ReadOnlySpan<byte> content)
    {
        var crc = uint.MaxValue;
        for (; content.Length >= sizeof(ulong); content = content[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(content));
        }

        foreach (var unit in content)
        {
            crc = BitOperations.Crc32C(crc, unit);
        }

        return BitOperations.RotateRight(~crc, 15) + 0xA282_EAD8;
    }
}
