using System.Buffers.Binary;

namespace PushGateway.Embedded;

/// <summary>
/// Reads a <c>-wal</c> file, in the format that https://www.sqlite.org/fileformat2.html#walformat describes. SQLite takes a log with a damaged
/// header for an empty one.
/// </summary>
internal sealed class WriteAheadLog
{
    private const int HeaderBytes = 32;
    private const int FrameHeaderBytes = 24;
    private const uint Magic = 0x377f0682;
    private const uint Version = 3007000;

    private readonly string _path;
    private readonly byte[] _header = new byte[HeaderBytes];
    private readonly long _length;

    private WriteAheadLog(string path)
    {
        _path = path;
        using var file = OpenFile(path);
        _length = file.Length;
        file.ReadAtLeast(_header, HeaderBytes, throwOnEndOfStream: false);
    }

    /// <summary>Bytes in a page.</summary>
    public int PageBytes => (int)Word(8);

    /// <summary>Whether the header is one of SQLite's, byte for byte.</summary>
    public bool HasSoundHeader
    {
        get
        {
            var sum = Sum(_header.AsSpan(0, FrameHeaderBytes), default);
            return (Word(0) & ~1u) == Magic && Word(4) == Version && sum == (Word(24), Word(28));
        }
    }

    private bool IsBigEndian => (Word(0) & 1) != 0;

    /// <summary>The log at a path; null when it is missing or has no frame. The header is on disk before the first frame is written.</summary>
    public static WriteAheadLog? Find(string path) => new FileInfo(path) is { Exists: true, Length: > HeaderBytes } ? new WriteAheadLog(path) : null;

    /// <summary>The committed pages, and how many pages the database has after the last commit; 0 when there is no commit.</summary>
    public (HashSet<uint> Pages, uint DatabasePages) ReadCommitted()
    {
        var (committed, pending, databasePages) = (new HashSet<uint>(), new List<uint>(), 0u);
        var frame = new byte[FrameHeaderBytes + PageBytes];
        var sum = (Word(24), Word(28));
        using var file = OpenFile(_path);
        file.Position = HeaderBytes;
        while (file.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false) == frame.Length)
        {
            sum = Sum(frame.AsSpan(FrameHeaderBytes), Sum(frame.AsSpan(0, 8), sum));
            if (!frame.AsSpan(8, 8).SequenceEqual(_header.AsSpan(16, 8)) || sum != (Word(frame, 16), Word(frame, 20)))
            {
                break;
            }

            pending.Add(Word(frame, 0));
            if (Word(frame, 4) is > 0 and var pages)
            {
                committed.UnionWith(pending);
                pending.Clear();
                databasePages = pages;
            }
        }

        return (committed, databasePages);
    }

    private static FileStream OpenFile(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1 << 16);

    private static uint Word(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32BigEndian(bytes[offset..]);

    private uint Word(int offset) => Word(_header, offset);

    private (uint, uint) Sum(ReadOnlySpan<byte> bytes, (uint, uint) sum)
    {
        var (first, second) = sum;
        var bigEndian = IsBigEndian;
        for (; !bytes.IsEmpty; bytes = bytes[8..])
        {
            first += (bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes)) + second;
            second += (bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) : BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..])) + first;
        }

        return (first, second);
    }
}
